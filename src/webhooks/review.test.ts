import { setImmediate as afterEverythingDue } from 'node:timers/promises';
import pino from 'pino';
import { describe, expect, it } from 'vitest';
import { Container } from '#crds/container.ts';
import type { Client } from '#runtime/client/types.ts';
import { DokkerrError } from '#runtime/errors.ts';
import { manualClock } from '#runtime/manual-clock.ts';
import { readReview, writeReview } from './admission-review.ts';
import { type ReviewOptions, review } from './review.ts';
import { type Rule, refusal, warning } from './types.ts';

const says = (name: string, check: Rule<Container>['check']): Rule<Container> => ({ name, check });
const client: Pick<Client, 'get' | 'list'> = {
  get: () => Promise.resolve(undefined),
  list: () => Promise.resolve({ items: [], resourceVersion: '1' }),
};

function setUp(...rules: Rule<Container>[]) {
  const clock = manualClock();
  const webhook = {
    name: 'containers.dokkerr.io',
    path: '/validate/containers',
    kind: Container,
    operations: ['CREATE' as const],
    matchConditions: [],
    rules,
  };
  const admission = { operation: 'CREATE' as const, namespace: 'shop', object: undefined, oldObject: undefined };
  const unchecked: string[] = [];
  const onUnchecked: ReviewOptions['onUnchecked'] = (_, rule) => unchecked.push(rule);
  const options = { client, clock, log: pino({ level: 'silent' }), timeout: 4000, onUnchecked };
  return { clock, unchecked, findings: review(webhook, admission, options) };
}

describe('review', () => {
  it('collects what every rule found, in the order of the rules', async () => {
    const { findings } = setUp(
      says('first', async () => [warning('a')]),
      says('second', async () => [refusal('b'), warning('c')]),
    );
    expect((await findings).map(({ message }) => message)).toEqual(['a', 'b', 'c']);
  });

  it('refuses nothing because a rule failed, and says that it was not checked', async () => {
    const { findings, unchecked } = setUp(
      says('broken', () => Promise.reject(new DokkerrError('DKR_API_UNREACHABLE', 'connection refused'))),
      says('sound', async () => [warning('a')]),
    );
    expect(await findings).toEqual([warning('not checked by admission (broken): connection refused'), warning('a')]);
    expect(unchecked).toEqual(['broken']);
  });

  it('answers in time although a rule does not, keeps what the others found, and ends its reads', async () => {
    let ended: AbortSignal | undefined;
    const { clock, findings } = setUp(
      says('slow', (_, { signal }) => {
        ended = signal;
        return new Promise(() => undefined);
      }),
      says('quick', async () => [refusal('no')]),
    );
    await afterEverythingDue();
    clock.advance(4000);
    expect(await findings).toEqual([warning('not checked by admission (slow): no answer within 4 s'), refusal('no')]);
    expect(ended?.aborted).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

describe('AdmissionReview', () => {
  const request = {
    uid: 'u',
    operation: 'DELETE',
    kind: { group: 'dokkerr.io', version: 'v1alpha1', kind: 'Container' },
  };
  const read = (changes: object) =>
    readReview(JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request, ...changes }));

  it('needs no new object on DELETE, and one on everything else', () => {
    expect(read({})).toMatchObject({ uid: 'u', admission: { operation: 'DELETE', namespace: '' } });
    expect(read({ request: { ...request, operation: 'CREATE', object: null } })).toBe(
      'not an AdmissionReview of admission.k8s.io/v1: request.object: missing',
    );
  });

  it('names the first thing that is wrong with it', () => {
    expect(read({ request: undefined })).toMatch(/: request: /);
    expect(read({ request: { ...request, uid: '' } })).toMatch(/: request.uid: /);
    expect(readReview('[]')).toMatch(/: body: /);
  });

  it('is answered with all refusals in one message, and warnings apart', () => {
    const { response } = JSON.parse(writeReview('u', [refusal('a'), warning('w'), refusal('b')])) as {
      response: unknown;
    };
    expect(response).toEqual({
      uid: 'u',
      allowed: false,
      warnings: ['w'],
      status: { status: 'Failure', reason: 'Invalid', code: 422, message: 'a; b' },
    });
  });

  it('is answered with warnings no longer than the 256 characters an API server passes on', () => {
    const { response } = JSON.parse(writeReview('u', [warning('x'.repeat(300))])) as {
      response: { allowed: boolean; warnings: string[] };
    };
    expect(response.allowed).toBe(true);
    expect(response.warnings[0]).toHaveLength(256);
    expect(response.warnings[0]).toMatch(/…$/);
  });
});
