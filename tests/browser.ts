/**
 * A real Chromium for tests of pages, driven through its own protocol.
 *
 * @module
 */

/** Where Chromium is, or why there is none. */
export const chromium: { readonly path: string } | { readonly missing: string } = find();

function find(): { path: string } | { missing: string } {
  const named = Deno.env.get("CHROMIUM");
  for (const path of [...named ? [named] : [], "chromium", "chromium-browser", "google-chrome"]) {
    try {
      const { success } = new Deno.Command(path, { args: ["--version"], stderr: "null" })
        .outputSync();
      if (success) return { path };
    } catch {
      // not under this name
    }
  }
  return { missing: "needs Chromium: apt-get install chromium" };
}

/** How a page is looked at. */
export interface Look {
  readonly width?: number;
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  readonly media?: "screen" | "print";
  /** Whether scripts run; they do where left out. */
  readonly scripts?: boolean;
}

type Message = {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: unknown;
  error?: unknown;
};

/** One page of a browser of its own. Close it with `await using`. */
export class Browser implements AsyncDisposable {
  /** What the console said of errors, and what the policy refused. */
  readonly errors: string[] = [];
  /** The addresses that were asked for. */
  readonly requests: string[] = [];
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Map<string, () => void>();
  #session: string | undefined;
  #last = 0;

  private constructor(process: Deno.ChildProcess, folder: string, socket: WebSocket) {
    this.#process = process;
    this.#folder = folder;
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(JSON.parse(data));
  }

  /** Starts a browser with one empty page. */
  static async start(path: string): Promise<Browser> {
    const folder = await Deno.makeTempDir();
    const process = new Deno.Command(path, {
      args: [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--disable-background-networking",
        "--remote-debugging-port=0",
        `--user-data-dir=${folder}`,
        "about:blank",
      ],
      stdout: "null",
      stderr: "null",
    }).spawn();
    const socket = new WebSocket(await addressIn(folder, process));
    await new Promise((opened) => socket.onopen = opened);
    const browser = new Browser(process, folder, socket);
    const { targetId } = await browser.#send("Target.createTarget", { url: "about:blank" });
    const { sessionId } = await browser.#send("Target.attachToTarget", { targetId, flatten: true });
    browser.#session = String(sessionId);
    for (const domain of ["Page", "Runtime", "Log", "Network"]) {
      await browser.#send(`${domain}.enable`);
    }
    return browser;
  }

  /** Makes what is open look so, without reading it again. */
  async dress(look: Look): Promise<void> {
    await this.#send("Emulation.setDeviceMetricsOverride", {
      width: look.width ?? 1200,
      height: look.height ?? 900,
      deviceScaleFactor: 1,
      mobile: false,
    });
    await this.#send("Emulation.setEmulatedMedia", {
      media: look.media ?? "screen",
      features: [{ name: "prefers-color-scheme", value: look.scheme ?? "light" }],
    });
    await this.#send("Emulation.setScriptExecutionDisabled", { value: look.scripts === false });
  }

  /** Opens an address and waits until it is there whole. */
  async open(url: string, look: Look = {}): Promise<void> {
    await this.dress(look);
    this.errors.length = 0;
    this.requests.length = 0;
    const loaded = new Promise<void>((done) => this.#listeners.set("Page.loadEventFired", done));
    await this.#send("Page.navigate", { url });
    await loaded;
  }

  /** The value of an expression in the page; promises are waited for. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await this.#send("Runtime.evaluate", {
      expression,
      returnByValue: true,
      awaitPromise: true,
    }) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string } } };
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? expression);
    return result.value;
  }

  /** Presses a key where the focus is; an editor's commands, such as "paste", go with it. */
  async press(key: string, commands: readonly string[] = []): Promise<void> {
    const down = key === "Enter" ? { type: "keyDown", text: "\r" } : { type: "rawKeyDown" };
    for (const each of [{ ...down, commands }, { type: "keyUp" }]) {
      await this.#send("Input.dispatchKeyEvent", {
        ...each,
        key,
        code: key,
        windowsVirtualKeyCode: key === "Tab" ? 9 : key === "Enter" ? 13 : 0,
      });
    }
  }

  /** A PNG of the first element that a selector finds, or of all that the window shows. */
  async screenshot(selector?: string): Promise<Uint8Array> {
    const clip = selector === undefined ? undefined : await this.evaluate<object>(
      `(() => { const { x, y, width, height } = document.querySelector(${
        JSON.stringify(selector)
      }).getBoundingClientRect();
      return { x: x + scrollX, y: y + scrollY, width, height, scale: 1 }; })()`,
    );
    const { data } = await this.#send("Page.captureScreenshot", {
      ...clip ? { clip, captureBeyondViewport: true } : {},
    });
    return Uint8Array.from(atob(String(data)), (character) => character.charCodeAt(0));
  }

  async #send(method: string, params: object = {}): Promise<Record<string, unknown>> {
    const id = ++this.#last;
    const answer = new Promise<Message>((done) => this.#waiting.set(id, done));
    this.#socket.send(JSON.stringify({ id, method, params, sessionId: this.#session }));
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${JSON.stringify(error)}`);
    return result as Record<string, unknown>;
  }

  #take(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
      return;
    }
    const { method = "", params = {} } = message;
    if (method === "Log.entryAdded") {
      const { level, text } = params.entry as { level: string; text: string };
      if (level === "error") this.errors.push(text);
    }
    if (method === "Runtime.exceptionThrown") this.errors.push(JSON.stringify(params));
    if (method === "Runtime.consoleAPICalled" && params.type === "error") {
      this.errors.push(JSON.stringify(params.args));
    }
    if (method === "Network.requestWillBeSent") {
      this.requests.push((params.request as { url: string }).url);
    }
    this.#listeners.get(method)?.();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#session = undefined;
    const closed = new Promise((done) => this.#socket.onclose = done);
    this.#socket.send(JSON.stringify({ id: ++this.#last, method: "Browser.close" }));
    await closed;
    await this.#process.status;
    // Its own helpers may write for a moment longer.
    for (let tries = 0; tries < 5; tries++) {
      try {
        return await Deno.remove(this.#folder, { recursive: true });
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return;
        await new Promise((done) => setTimeout(done, 200));
      }
    }
  }
}

/** The address that a browser writes into its folder when it is ready. */
async function addressIn(folder: string, process: Deno.ChildProcess): Promise<string> {
  let hasEnded = false;
  process.status.then(() => hasEnded = true);
  while (!hasEnded) {
    const text = await Deno.readTextFile(`${folder}/DevToolsActivePort`).catch(() => "");
    const [port, path] = text.split("\n");
    if (path) return `ws://127.0.0.1:${port}${path}`;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error("the browser does not start");
}
