/** What each shell has to be told so that it asks this program what may be written next. Pure. */

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** The hidden command that shells ask. It answers as kubectl and other programs of its make do: a candidate a line, its meaning behind a tab, and in the last line a colon and what the shell shall do. */
export const askCommand = '__complete';

/** Last lines of an answer, by cobra's numbers (pkg.go.dev/github.com/spf13/cobra#ShellCompDirective). */
export const directives = { files: ':0', nothingElse: ':4' } as const;

const bash = (name: string) => `# source <(${name} completion bash)
_${name}() {
  local answer line
  COMPREPLY=()
  mapfile -t answer < <(${name} ${askCommand} -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  for line in "\${answer[@]}"; do
    case $line in
      ${directives.files}) compopt -o default ;;
      :*) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done
}
complete -F _${name} ${name}
`;

const zsh = (name: string) => `#compdef ${name}
# source <(${name} completion zsh)
_${name}() {
  local line text
  local -a answer described
  answer=("\${(@f)$(${name} ${askCommand} -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  for line in $answer; do
    case $line in
      ${directives.files}) _files; return ;;
      :*) ;;
      *$'\\t'*) text=\${line%%$'\\t'*}; described+=("\${text//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) described+=("\${line//:/\\\\:}") ;;
    esac
  done
  _describe ${name} described
}
compdef _${name} ${name}
`;

const fish = (name: string) => `# ${name} completion fish | source
function __${name}_complete
  set -l words (commandline -opc)
  ${name} ${askCommand} -- $words[2..] (commandline -ct) 2>/dev/null | string match -v ':*'
end
complete -c ${name} -f -a '(__${name}_complete)'
complete -c ${name} -l kubeconfig -r -F
`;

const scripts: { readonly [S in Shell]: (name: string) => string } = { bash, zsh, fish };

/** @param name what the program is called in that shell */
export function completionScript(shell: Shell, name: string): string {
  return scripts[shell](name);
}
