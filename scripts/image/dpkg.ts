/** Reads which Debian packages an image has, from the file in which dpkg keeps that. Pure. */

/** One installed package. */
export interface DebianPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
}

/** The installed packages in a `/var/lib/dpkg/status`, by name; format: deb822(5). */
export function installedPackages(status: string): DebianPackage[] {
  const paragraphs = status.split(/\n\n+/).map(
    (paragraph) =>
      new Map(
        paragraph
          .split('\n')
          .filter((line) => /^[A-Z]/.test(line))
          .map((line): [string, string] => {
            const colon = line.indexOf(':');
            return [line.slice(0, colon), line.slice(colon + 1).trim()];
          }),
      ),
  );
  return paragraphs
    .filter((fields) => fields.get('Status') === 'install ok installed')
    .map((fields) => ({
      name: fields.get('Package') ?? '',
      version: fields.get('Version') ?? '',
      architecture: fields.get('Architecture') ?? '',
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
