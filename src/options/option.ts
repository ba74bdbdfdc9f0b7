/** One option of a command: what stands once, and of which the flag, the variable, the help and the parser are made. */
import * as z from 'zod';

export interface CommandOption<S extends z.ZodType = z.ZodType> {
  /** what is written behind the flag: `<file>`; in square brackets where the flag may stand alone */
  readonly argument: string;
  readonly description: string;
  /** what the text has to be and what it becomes; carries the default as text, so that it is read like any other */
  readonly schema: S;
  /** what holds where the option is absent, for people; else the schema's default is shown */
  readonly otherwise?: string;
}

/** The options of a command by the names its configuration has them under: `logLevel`. */
export type OptionTable = Readonly<Record<string, CommandOption>>;

/** `logLevel` is the flag `--log-level`. */
export function flagOf(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** `logLevel` is the environment variable `DOKKERR_LOG_LEVEL`. */
export function variableOf(name: string): string {
  return `DOKKERR_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}

/** What holds where the option is absent; undefined where it has to be there. */
export function defaultOf({ schema, otherwise }: CommandOption): string | undefined {
  const written: unknown = schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined;
  return otherwise ?? (typeof written === 'string' ? written : undefined);
}

/** What help says of an option. */
export function helpOf(option: CommandOption): string {
  const shown = defaultOf(option);
  return shown === undefined ? option.description : `${option.description} (default: ${shown})`;
}

type SchemasOf<T extends OptionTable> = { [Name in keyof T]: T[Name]['schema'] };

/** The parser of all options of a table together. */
export function schemaOf<T extends OptionTable>(table: T): z.ZodObject<SchemasOf<T>> {
  const schemas = Object.entries(table).map(([name, { schema }]) => [name, schema] as const);
  // Sound: the same names with the same schemas.
  return z.object(Object.fromEntries(schemas) as SchemasOf<T>);
}
