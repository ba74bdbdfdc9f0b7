/** Errors in the words of somebody who types commands: one line, what was wrong, and what to write instead. Pure. */
import type { DokkerrError, ErrorCode } from '#runtime/errors.ts';
import { oneLine } from '../render/one-line.ts';

/** What somebody at a prompt can do about it, where the operator's own words mean somebody else. */
const translations: { readonly [C in ErrorCode]?: (message: string) => string } = {
  DKR_CRD_MISSING: () =>
    'this cluster does not know the kinds of Dokkerr: install it there (docs/install.md), or name another cluster with --context',
  DKR_API_FORBIDDEN: forbidden,
  DKR_API_INVALID: (message) => `the cluster refused it: ${invalid(message)}`,
  DKR_API_CONFLICT: (message) =>
    / already exists$/.test(message) ? `${invalid(message)}: write another name` : message,
};

/** One line without control codes, however many the error's message has. */
export function refusal({ code, message }: DokkerrError): string {
  return oneLine(translations[code]?.(message) ?? message);
}

/** The API server's own words name the user and what is missing; what is added to them is meant for operators. */
function forbidden(message: string): string {
  const [, said] = /(User "[^"]*" cannot .*?)\)?$/.exec(message) ?? [];
  if (said !== undefined)
    return `you are not permitted to do that: ${said}; ask whoever manages the cluster for a role that allows it`;
  return `the cluster refused it: ${invalid(message)}`;
}

/** What a schema rule, a policy or a webhook said, without the frame each is put into. */
function invalid(message: string): string {
  return afterVerb(message)
    .replace(/^.*? is invalid: /, '')
    .replace(/^admission webhook "[^"]*" denied the request: /, '')
    .replace(/^.*?ValidatingAdmissionPolicy '[^']*' with binding '[^']*' denied request: /, '')
    .replaceAll(/Invalid value: "(object|array)": /g, '')
    .replaceAll(/<nil>: |no such key: \S+ evaluating rule: /g, '');
}

/** `create backups.dokkerr.io shop/x: …` */
function afterVerb(message: string): string {
  return message.replace(/^(get|list|watch|create|update|patch|delete) \S+( \S+)?(: | was refused: )/, '');
}
