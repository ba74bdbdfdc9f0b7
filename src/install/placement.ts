/** Under which names the operator is installed, and the labels by which its objects are known. */

export interface Placement {
  /** of every object of the installation: `dokkerr`, or a Helm release's full name */
  readonly name: string;
  /** the operator's own */
  readonly namespace: string;
  /** with its tag */
  readonly image: string;
  readonly version: string;
}

export type Labels = Record<string, string>;

/** What tells the operator's pods from all others; must not change between versions. */
export function selectorLabels({ name }: Placement): Labels {
  return { 'app.kubernetes.io/name': 'dokkerr', 'app.kubernetes.io/instance': name };
}

export function commonLabels(placement: Placement): Labels {
  return { ...selectorLabels(placement), 'app.kubernetes.io/version': placement.version };
}
