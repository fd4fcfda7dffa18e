/**
 * The permissions that processes of ours are started with: those that this one has.
 *
 * @module
 */

const names = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;

/**
 * Flags for the Deno executable. What this process may do without limits, the other may; a permission
 * that is limited to some paths or hosts cannot be asked for its limits, and is not handed on.
 */
export function inheritedPermissions(): string[] {
  const granted = names.filter((name) => Deno.permissions.querySync({ name }).state === "granted");
  if (granted.length === names.length) return ["-A"];
  return ["--no-prompt", ...granted.map((name) => `--allow-${name}`)];
}
