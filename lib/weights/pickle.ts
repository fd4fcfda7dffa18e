/**
 * Reads pickles without running anything: a class or function is a name, and what it would make is
 * asked of the reader.
 *
 * @module
 */

/** A class or function that a pickle names. */
export class PickledName {
  constructor(readonly module: string, readonly name: string) {}

  toString(): string {
    return `${this.module}.${this.name}`;
  }
}

/** What a pickle can hold here. Tuples and lists are arrays, dicts are maps; others are the reader's. */
export type Pickled = null | boolean | number | bigint | string | Pickled[] | PickledMap | object;

/** A dict. */
export class PickledMap extends Map<Pickled, Pickled> {}

/** What a reader makes of what a pickle asks for. It throws at what it does not know. */
export interface PickleReader {
  /** Checks a class or function before anything is done with it. */
  readonly name: (found: PickledName) => void;
  readonly call: (found: PickledName, args: readonly Pickled[]) => Pickled;
  /** What a persistent id stands for. */
  readonly persistent: (id: Pickled) => Pickled;
  /** An error that says why the pickle cannot be read. */
  readonly refuse: (why: string) => Error;
}

/** A tensor takes some forty: an adapter of 20,000 tensors is read. */
const mostInstructions = 1_000_000;

/** Opens a tuple, a list or a run of items on the stack. */
const mark = Symbol("mark");

/** Something on the stack. */
type Entry = Pickled | typeof mark;

/** One pickle, and where it ends. */
export interface ReadPickle {
  readonly value: Pickled;
  /** Bytes from the beginning of what was given. */
  readonly end: number;
}

/**
 * Reads the pickle that begins at a place (protocols 0 … 5, as far as torch.save uses them).
 *
 * @param start bytes from the beginning
 * @throws {Error} of `reader.refuse` at anything else
 */
export function readPickle(bytes: Uint8Array, start: number, reader: PickleReader): ReadPickle {
  const { refuse } = reader;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Entry[] = [];
  const memo = new Map<number, Pickled>();
  let at = start;
  const take = (count: number): number => {
    if (count > bytes.length - at) throw refuse("its pickle is cut");
    return (at += count) - count;
  };
  const text = (length: number) => {
    const from = take(length);
    return new TextDecoder().decode(bytes.subarray(from, from + length));
  };
  const line = () => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0) throw refuse("its pickle is cut");
    const read = text(end - at);
    at++;
    return read;
  };
  const popped = (): Pickled => {
    const top = stack.pop();
    if (top === undefined || top === mark) throw refuse("its pickle is damaged");
    return top;
  };
  const sinceMark = (): Pickled[] => {
    const from = stack.lastIndexOf(mark);
    if (from < 0) throw refuse("its pickle is damaged");
    return stack.splice(from).slice(1) as Pickled[];
  };
  const last = <T extends Pickled>(kind: new (...args: never[]) => T): T => {
    const top = stack.at(-1);
    if (!(top instanceof kind)) throw refuse("its pickle is damaged");
    return top;
  };
  const named = (module: string, name: string) => {
    const found = new PickledName(module, name);
    reader.name(found);
    stack.push(found);
  };
  const setItems = (items: readonly Pickled[]) => {
    const map = last(PickledMap);
    if (items.length % 2 !== 0) throw refuse("its pickle is damaged");
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  };
  const recall = (place: number) => {
    const known = memo.get(place);
    if (known === undefined) throw refuse("its pickle is damaged");
    stack.push(known);
  };
  const remember = (place: number) => {
    const top = popped();
    memo.set(place, top);
    stack.push(top);
  };
  const long = (length: number) => {
    const from = take(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = value << 8n | BigInt(bytes[from + i]);
    stack.push(length === 0 ? 0n : BigInt.asIntN(8 * length, value));
  };

  for (let instructions = 0;; instructions++) {
    if (instructions === mostInstructions) {
      throw refuse(`its pickle has more than ${mostInstructions} instructions`);
    }
    const opcode = String.fromCharCode(bytes[take(1)]);
    switch (opcode) {
      case "\x80": // PROTO
        take(1);
        break;
      case "\x95": // FRAME
        take(8);
        break;
      case ".": // STOP
        return { value: popped(), end: at };
      case "(":
        stack.push(mark);
        break;
      case "N":
        stack.push(null);
        break;
      case "\x88":
      case "\x89":
        stack.push(opcode === "\x88");
        break;
      case "J": // BININT
        stack.push(view.getInt32(take(4), true));
        break;
      case "K":
        stack.push(bytes[take(1)]);
        break;
      case "M":
        stack.push(view.getUint16(take(2), true));
        break;
      case "\x8a": // LONG1
        long(bytes[take(1)]);
        break;
      case "G": // BINFLOAT
        stack.push(view.getFloat64(take(8)));
        break;
      case "X": // BINUNICODE
        stack.push(text(view.getUint32(take(4), true)));
        break;
      case "\x8c":
      case "U":
        stack.push(text(bytes[take(1)]));
        break;
      case "c": // GLOBAL
        named(line(), line());
        break;
      case "\x93": { // STACK_GLOBAL
        const [name, module] = [popped(), popped()];
        named(String(module), String(name));
        break;
      }
      case "Q": // BINPERSID
        stack.push(reader.persistent(popped()));
        break;
      case "}":
        stack.push(new PickledMap());
        break;
      case "]":
      case ")":
        stack.push([]);
        break;
      case "t":
        stack.push(sinceMark());
        break;
      case "\x85":
      case "\x86":
      case "\x87": { // TUPLE1 … TUPLE3
        const items = Array.from({ length: opcode.charCodeAt(0) - 0x84 }, popped);
        stack.push(items.reverse());
        break;
      }
      case "s": { // SETITEM
        const [value, key] = [popped(), popped()];
        setItems([key, value]);
        break;
      }
      case "u":
        setItems(sinceMark());
        break;
      case "a": { // APPEND
        const item = popped();
        last(Array<Pickled>).push(item);
        break;
      }
      case "e": {
        const items = sinceMark();
        const list = last(Array<Pickled>);
        for (const item of items) list.push(item);
        break;
      }
      case "R": { // REDUCE
        const [args, found] = [popped(), popped()];
        if (!(found instanceof PickledName) || !Array.isArray(args)) {
          throw refuse("its pickle calls what is no function");
        }
        stack.push(reader.call(found, args));
        break;
      }
      case "b": { // BUILD: the attributes of a dict, such as the versions of a state dict's modules
        popped();
        last(PickledMap);
        break;
      }
      case "q":
        remember(bytes[take(1)]);
        break;
      case "r":
        remember(view.getUint32(take(4), true));
        break;
      case "\x94": // MEMOIZE
        remember(memo.size);
        break;
      case "h":
        recall(bytes[take(1)]);
        break;
      case "j":
        recall(view.getUint32(take(4), true));
        break;
      default: {
        const code = opcode.charCodeAt(0).toString(16).padStart(2, "0");
        throw refuse(`its pickle has the instruction 0x${code}, which no tensor needs`);
      }
    }
  }
}
