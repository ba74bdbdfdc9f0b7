/** How everything generated is written as YAML. */
import { stringify } from 'yaml';

/**
 * One document. kubectl and Helm read YAML 1.1, in which `Off`, `no` or `y` without quotes is a boolean
 * (https://yaml.org/type/bool.html): such words are quoted.
 */
export function toYaml(content: unknown): string {
  return stringify(content, { lineWidth: 0, indentSeq: false, aliasDuplicateObjects: false, compat: 'yaml-1.1' });
}
