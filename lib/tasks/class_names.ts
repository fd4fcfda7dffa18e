/**
 * What is wrong with lists of classes or entity types that a pipeline file names.
 *
 * @module
 */

/** Names of averages in `scores`, which no class may have. */
const averages = ["micro", "macro"];

/** Something wrong with one name of a list. */
export interface NameProblem {
  /** The list and the place in it. */
  readonly path: [list: string, place: number];
  /** What was expected instead. */
  readonly message: string;
}

/**
 * What is wrong with the names of a list, each problem at its place.
 *
 * @param list the list's name in the pipeline file
 * @param options.spaces whether a name may have spaces inside
 * @param options.learnt whether a model learns them, so that they stand in `scores`
 */
export function nameProblems(
  list: string,
  names: readonly string[],
  { spaces, learnt }: { readonly spaces: boolean; readonly learnt: boolean },
): NameProblem[] {
  const odd = spaces ? /[\p{C}\u2028\u2029]|^\s|\s$/u : /[\s\p{C}]/u;
  const what = spaces ? "outer white space" : "white space";
  return names.flatMap((name, place) => {
    const message = name === ""
      ? "expected a name: this is empty"
      : odd.test(name)
      ? `expected a name without ${what} and control characters, not ${JSON.stringify(name)}`
      : names.indexOf(name) < place
      ? `expected each name once: "${name}" is in ${list} already`
      : learnt && averages.includes(name)
      ? `expected another name: "${name}" is an average in the table scores`
      : undefined;
    return message === undefined ? [] : [{ path: [list, place], message }];
  });
}
