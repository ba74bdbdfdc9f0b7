/** Whether a namespace takes volumes from another one: its owner says so by an annotation of the Namespace. Pure. */

/** Value: names of namespaces, with commas between them, or `*`. */
export const consentAnnotation = 'dokkerr.io/migrations-from';

export function agrees(text: string | undefined, from: string): boolean {
  const names = (text ?? '').split(',').map((name) => name.trim());
  return names.includes('*') || names.includes(from);
}
