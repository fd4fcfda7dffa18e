/**
 * Labels that differ in their spelling alone.
 *
 * @module
 */

/**
 * Whether two labels are one for people: they differ in case, in white space or in characters that
 * nobody sees.
 */
export function sameLabel(a: string, b: string): boolean {
  return spoken(a) === spoken(b);
}

function spoken(label: string): string {
  return label.normalize("NFKC").toLowerCase().replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .replace(/[\s\p{Cc}]+/gu, " ").trim();
}
