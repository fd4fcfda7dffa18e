/**
 * Words for people: descriptions that no code may depend on, as a fingerprint leaves them out.
 *
 * What leaves them out (`lib/code/blank_words.ts`) is right as long as nobody can read them where a
 * stage runs. A process that runs stages forgets them before it loads the first one.
 *
 * @module
 */

let areForgotten = false;

/** From now on, what is declared in this process has no words. */
export function forgetWords(): void {
  areForgotten = true;
}

/** A text for people; empty where words are forgotten. */
export function forPeople(text: string): string {
  return areForgotten ? "" : text;
}

/**
 * Empties `about` of objects where words are forgotten: in place, so that nobody keeps another view
 * of them.
 */
export function hideAbout(...described: object[]): void {
  if (!areForgotten) return;
  for (const each of described) if ("about" in each) Reflect.set(each, "about", "");
}
