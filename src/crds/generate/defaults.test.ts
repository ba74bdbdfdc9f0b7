import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { listOf } from '../schema/lists.ts';
import { text } from '../schema/names.ts';
import { toStructural } from './convert.ts';
import { fillDefaults } from './defaults.ts';

const port = z.object({ number: z.int32(), protocol: z.enum(['TCP', 'UDP']).default('TCP') });
const network = z.object({ service: text(9).default('ClusterIP'), ports: listOf(port, 4).default([]) });

describe('defaults', () => {
  test('of an object are complete, because the API server evaluates rules on them as they stand', () => {
    const schema = toStructural(z.object({ network: network.prefault({}) }), 'spec');
    expect(schema.properties?.network?.default).toEqual({ service: 'ClusterIP', ports: [] });
  });

  test('are filled in within lists and leave what was given', () => {
    const schema = toStructural(network, 'network');
    expect(fillDefaults(schema, { service: 'None', ports: [{ number: 80 }] })).toEqual({
      service: 'None',
      ports: [{ number: 80, protocol: 'TCP' }],
    });
  });

  test('do not make a parent that is optional', () => {
    const schema = toStructural(z.object({ network: network.exactOptional() }), 'spec');
    expect(fillDefaults(schema, {})).toEqual({});
  });
});
