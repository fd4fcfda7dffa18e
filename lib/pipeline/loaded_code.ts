/**
 * Makes sure that a worker runs the code of its request: the engine derived it when the run began,
 * the worker loads it from the same disk minutes or days later, and people edit meanwhile.
 *
 * There are two checks, each where it is right:
 *
 * - What a module imports statically is read once per process, when it is loaded. Right after that
 *   the disk is compared with the request, and no file may have moved meanwhile; later edits do not reach it any more, so they are not
 *   looked at: the run goes on with the code it began with.
 * - Late files (`import("…")`, Workers, data) are read again while a stage runs, nobody knows
 *   when. They are compared before it, so that no hours are lost, and after it, before anything is
 *   published. An edit that came after they were read fails an instance that was right; none that
 *   was wrong is published.
 *
 * @module
 */
import { resolve } from "node:path";
import { canonicalJson } from "../core/canonical_json.ts";
import { UserError } from "../core/errors.ts";
import { stateOf } from "../core/file_state.ts";
import { sha256 } from "../core/sha256.ts";
import { modulesOf, type StageEntry, type StageKind } from "../plan/stage.ts";
import type { Store } from "../store/store.ts";
import { deriveCode, type StageCode } from "../code/code.ts";
import { forgetAllWords } from "./unread_words.ts";
import type { WorkRequest } from "./work.ts";

/** What a request runs. */
export interface LoadedKind {
  readonly kind: StageKind;
  /** The module of the request's device, where the kind has such. */
  readonly deviceModule: unknown;
}

/** What this process has loaded: the code is that on the disk right after it. */
interface Loaded {
  /** None where the code does not load. */
  readonly loaded?: LoadedKind;
  readonly code: StageCode;
  /** Late file → a state in which its content was that of `code`. */
  readonly states: Map<string, string>;
}

/**
 * What a module was when it was loaded, or that it failed to be, stays so while the process lives,
 * which is that of one device.
 */
const loadedKinds = new WeakMap<StageEntry, Promise<Loaded>>();

/**
 * Loads the stage kind of a request.
 *
 * @throws {UserError} when its code is not the request's
 */
export async function loadKind(
  request: WorkRequest,
  entry: StageEntry,
  store: Store,
): Promise<LoadedKind> {
  let loading = loadedKinds.get(entry);
  if (!loading) loadedKinds.set(entry, loading = load(request, entry, store));
  const { loaded, code } = await loading;
  if (loaded && isCodeOf(request, code)) return loaded;
  throw editedError(request, differing(await recordedFiles(request, store), code.files));
}

/**
 * Compares what a loaded stage kind reads while it runs, code and facts, with the request.
 *
 * @throws {UserError} when it was edited
 */
export async function checkLate(
  request: WorkRequest,
  entry: StageEntry,
  kind: StageKind,
): Promise<void> {
  const { code, states } = await loadedKinds.get(entry)!;
  const { projectFolder, components, params } = request;
  const edited = code.late.filter((path) => {
    const state = stateOf(resolve(projectFolder, path));
    if (states.get(path) === state) return false;
    if (digestOf(path, request) !== code.files[path]) return true;
    states.set(path, state);
    return false;
  });
  if (edited.length > 0) {
    const now = await derive(request, entry).catch(() => undefined);
    if (!now || !isCodeOf(request, now)) throw editedError(request, edited);
  }
  const facts = canonicalJson((await kind.reads?.(params))?.facts ?? null);
  if (facts !== canonicalJson(components.reads)) {
    throw editedError(request, [`what stage kind "${kind.kind}" reads beside its inputs`]);
  }
}

async function load(request: WorkRequest, entry: StageEntry, store: Store): Promise<Loaded> {
  const recorded = await recordedFiles(request, store);
  const stateNow = (path: string): string => stateOf(resolve(request.projectFolder, path));
  const before = new Map(Object.keys(recorded).map((path) => [path, stateNow(path)]));
  try {
    forgetAllWords();
    const kind = await entry.load();
    const deviceModule = entry.devices && await import(entry.devices[request.device]);
    const loaded = { kind, deviceModule };
    const code = await derive(request, entry);
    const moved = [...before].filter(([path, state]) => stateNow(path) !== state);
    if (moved.length === 0) return { loaded, code, states: new Map() };
    // An edit that is taken back at once may be in what was loaded, and is not on the disk any more.
    const files = { ...code.files, ...Object.fromEntries(moved.map(([path]) => [path, ""])) };
    return { code: { ...code, files }, states: new Map() };
  } catch (error) {
    const now = Object.keys(recorded).map((path) => [path, digestOf(path, request)]);
    const files: Record<string, string> = Object.fromEntries(now);
    if (differing(recorded, files).length === 0) throw error;
    // Half an edit does not load, and is no fault of the stage.
    return { code: { digest: "", packages: [], files, late: [] }, states: new Map() };
  }
}

async function derive(
  { kind, device, projectFolder, storeFolder }: WorkRequest,
  entry: StageEntry,
): Promise<StageCode> {
  const modules = { [kind]: modulesOf(entry, device) };
  return (await deriveCode(modules, projectFolder, storeFolder)).get(kind)!;
}

/** Whether code is that of a request; a comment more or less does not count. */
function isCodeOf({ components }: WorkRequest, { digest, packages }: StageCode): boolean {
  return digest === components.code &&
    canonicalJson(packages) === canonicalJson(components.packages);
}

/** The code's files when the run began; none when that is not in the store any more. */
async function recordedFiles(
  { codeFiles }: WorkRequest,
  store: Store,
): Promise<Record<string, string>> {
  return JSON.parse(await store.readText(codeFiles) ?? "{}");
}

/** SHA-256 of a file; empty when there is none. */
function digestOf(path: string, { projectFolder }: WorkRequest): string {
  try {
    return sha256(Deno.readFileSync(resolve(projectFolder, path)));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** The files that are others now; those that the code does not need any more say nothing. */
function differing(
  before: Readonly<Record<string, string>>,
  now: Readonly<Record<string, string>>,
): string[] {
  return Object.keys(before).filter((path) => (now[path] ?? before[path]) !== before[path]);
}

function editedError({ instance }: WorkRequest, edited: readonly string[]): UserError {
  const [first = "deno.json or deno.lock", ...more] = edited;
  const what = more.length === 0 ? `${first} was` : `${first} and ${more.length} more were`;
  return new UserError({
    message: `Cannot run ${instance}: ${what} edited after this run began`,
    hint: "run again",
  });
}
