import { describe, expect, it } from 'vitest';
import { controllerConfig, parseConfig, webhookConfig } from './config.ts';

describe('the configuration of a role', () => {
  it('has a default for everything', () => {
    expect(parseConfig(controllerConfig, {})).toEqual({
      namespaces: [],
      listen: { host: '', port: 8080 },
      concurrency: 10,
      leaseName: 'dokkerr-leader',
      leaseDuration: 15_000,
      leaseRenewDeadline: 10_000,
      leaseRetryPeriod: 2000,
      webhookService: 'dokkerr-webhook',
      webhookSecret: 'dokkerr-webhook-certificate',
      webhookConfiguration: 'dokkerr',
      moverImage: 'localhost/dokkerr:0.1.0',
      stopTimeout: 20_000,
      logLevel: 'info',
      logFormat: 'auto',
    });
  });

  it('serves admission where that is all there is to do, and else only when told to', () => {
    expect(parseConfig(webhookConfig, {}).webhookListen).toEqual({ host: '', port: 9443 });
    expect(parseConfig(controllerConfig, {}).webhookListen).toBeUndefined();
  });

  it('reads lists and addresses', () => {
    const config = parseConfig(controllerConfig, { namespaces: 'a, b,', listen: '[::1]:0', concurrency: '3' });
    expect(config).toMatchObject({ namespaces: ['a', 'b'], listen: { host: '::1', port: 0 }, concurrency: 3 });
  });

  it.each([
    [true, true],
    ['true', true],
    ['false', false],
  ])('reads the switch %j as %j', (leaderElect, expected) => {
    expect(parseConfig(controllerConfig, { leaderElect }).leaderElect).toBe(expected);
  });

  it.each([
    ['500ms', 500],
    ['90s', 90_000],
    ['2m', 120_000],
  ])('reads the duration %s as %d ms', (stopTimeout, expected) => {
    expect(parseConfig(controllerConfig, { stopTimeout }).stopTimeout).toBe(expected);
  });

  it.each([
    [{ namespaces: 'a,B_' }, '--namespaces "a,B_": is no name of a namespace'],
    [{ listen: '8080' }, '--listen "8080": write host:port'],
    [{ listen: ':70000' }, '--listen ":70000": a port is at most 65535'],
    [{ logLevel: 'loud' }, '--log-level "loud": write debug, info, warn or error'],
    [{ stopTimeout: '5' }, '--stop-timeout "5": write a number with its unit'],
    [{ stopTimeout: '0s' }, '--stop-timeout "0s": write more than nothing'],
    [{ leaderElect: 'maybe' }, '--leader-elect "maybe": write true or false'],
    [{ leaseName: 'A' }, '--lease-name "A": is no name of a Lease'],
    [{ leaseRenewDeadline: '15s' }, '--lease-renew-deadline "15s": must be shorter than --lease-duration'],
    [{ leaseDuration: '5s' }, '--lease-renew-deadline (its default): must be shorter than --lease-duration'],
    [{ leaseRetryPeriod: '6s' }, '--lease-retry-period "6s": must be at most half of --lease-renew-deadline'],
    [{ concurrency: 'many' }, '--concurrency "many": write a whole number'],
  ])('refuses %j, naming the flag, the value and the cure', (flags, message) => {
    expect(() => parseConfig(controllerConfig, flags)).toThrow(message);
  });

  it('names every flag that is wrong at once', () => {
    expect(() => parseConfig(controllerConfig, { listen: 'x', logLevel: 'y' })).toThrow(/--listen.*--log-level/);
  });
});
