import { describe, expect, it } from 'vitest';
import { DokkerrError, type ErrorCode } from '#runtime/errors.ts';
import { refusal } from './refusal.ts';

const said = (code: ErrorCode, message: string) => refusal(new DokkerrError(code, message));

describe('an error, told to somebody at a prompt', () => {
  it('names the permission that is missing, and not the operator', () => {
    const message =
      'not permitted to create backups.dokkerr.io shop/x: grant it to the operator\'s role (backups.dokkerr.io is forbidden: User "jane" cannot create resource "backups" in API group "dokkerr.io" in the namespace "shop")';
    expect(said('DKR_API_FORBIDDEN', message)).toBe(
      'you are not permitted to do that: User "jane" cannot create resource "backups" in API group "dokkerr.io" in the namespace "shop"; ask whoever manages the cluster for a role that allows it',
    );
  });

  it('is what the rule of a schema says, without its frame', () => {
    const message =
      'create backups.dokkerr.io shop/x: Backup.dokkerr.io "x" is invalid: spec: Invalid value: "object": a backup has exactly one source: write containerRef';
    expect(said('DKR_API_INVALID', message)).toBe(
      'the cluster refused it: spec: a backup has exactly one source: write containerRef',
    );
  });

  it('is what a webhook says, without its frame', () => {
    const message =
      'create restores.dokkerr.io shop/x was refused: admission webhook "dokkerr.io" denied the request: the claim is in use';
    expect(said('DKR_API_FORBIDDEN', message)).toBe('the cluster refused it: the claim is in use');
  });

  it('says what to do where the kinds are missing, and where a name is taken', () => {
    expect(said('DKR_CRD_MISSING', 'Backup is not served')).toContain('install it there');
    expect(said('DKR_API_CONFLICT', 'create backups.dokkerr.io shop/x: backups.dokkerr.io "x" already exists')).toBe(
      'backups.dokkerr.io "x" already exists: write another name',
    );
  });

  it('is one line, and moves no cursor', () => {
    expect(said('DKR_INTERNAL', 'a\n\u001b[2Jb\r\nc')).toBe('a b c');
  });
});
