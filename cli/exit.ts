/**
 * The exit codes.
 *
 * @module
 */

/** The codes, and the one that this process ends with. */
export const exit = {
  code: 0,
  stageFailed: 1,
  wrongUse: 2,
  interrupted: 130,
};
