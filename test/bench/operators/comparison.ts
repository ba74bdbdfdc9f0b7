/** What a case of the comparison is, and how it is run: every contestant in turn, in an arena of its own, several times. */
import type { OnProgress } from '#cluster/context.ts';
import { type Arena, openArena } from './arena.ts';
import type { Contestant, Program } from './contestant.ts';

/** One form of a case. */
export interface Variant {
  readonly name: string;
  readonly concurrency?: number;
  readonly rate?: number;
  readonly bytes?: number;
  /** the contestants that can be measured in it; all when absent */
  readonly only?: readonly string[];
}

export type Figures = Readonly<Record<string, number>>;

export interface CompareOptions {
  readonly rounds: number;
  readonly contestants: readonly Contestant[];
  /** names of variants; all when absent */
  readonly variants?: readonly string[] | undefined;
  /** in place of what the case has */
  readonly objects?: number | undefined;
  readonly seconds?: number | undefined;
  readonly note: OnProgress;
}

export interface Comparison {
  readonly name: string;
  readonly about: string;
  readonly variants: readonly Variant[];
  /** Measures once. */
  readonly measure: (arena: Arena, variant: Variant, options: CompareOptions) => Promise<Figures>;
}

export interface Measured {
  readonly variant: string;
  readonly contestant: string;
  readonly figures: Figures;
}

/** Rounds outermost, so that a busy minute of the machine falls on all contestants alike. */
export async function compare(comparison: Comparison, options: CompareOptions): Promise<readonly Measured[]> {
  const { note, rounds, contestants } = options;
  const programs = new Map<string, Program>();
  for (const { name, prepare } of contestants) programs.set(name, await prepare(note));
  const variants = comparison.variants.filter(({ name }) => options.variants?.includes(name) ?? true);
  const measured: Measured[] = [];
  for (let round = 1; round <= rounds; round++) {
    for (const variant of variants) {
      for (const [contestant, program] of programs) {
        if (variant.only !== undefined && !variant.only.includes(contestant)) continue;
        const figures = await inArena(program, (arena) => comparison.measure(arena, variant, options));
        note(`round ${round}, ${variant.name}, ${contestant}: ${inWords(figures)}`);
        measured.push({ variant: variant.name, contestant, figures });
      }
    }
  }
  return measured;
}

/** Measures one contestant once, without a table. */
export async function measureAlone(
  comparison: Comparison,
  variant: Variant,
  options: CompareOptions,
): Promise<Figures> {
  const [contestant] = options.contestants;
  if (contestant === undefined) throw new Error('somebody has to be measured');
  const program = await contestant.prepare(options.note);
  return inArena(program, (arena) => comparison.measure(arena, variant, options));
}

export function variantNamed({ variants }: Comparison, name: string): Variant {
  const variant = variants.find((one) => one.name === name);
  if (variant === undefined) throw new Error(`there is no variant ${name}`);
  return variant;
}

async function inArena<R>(program: Program, work: (arena: Arena) => Promise<R>): Promise<R> {
  await using arena = await openArena(program);
  return await work(arena);
}

function inWords(figures: Figures): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name} ${Number.isInteger(value) ? value : value.toFixed(2)}`)
    .join(', ');
}
