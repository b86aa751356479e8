package promcli

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/alecthomas/kong"
)

// completionCommand is prom completion.
type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell: bash, zsh or fish."`
}

// Help returns what --help shows below the flags.
func (*completionCommand) Help() string {
	return `It writes a script for the shell, by which it completes commands, flags, and names of tables:

  source <(prom completion bash)                                        # in ~/.bashrc
  source <(prom completion zsh)                                         # in ~/.zshrc, after compinit
  prom completion fish > ~/.config/fish/completions/prom.fish

The script is of the program that wrote it, by the program's name, which must be found in PATH.`
}

// shellScripts ask the program for the words that may follow. NAME is the program, FUNC a name that a function can
// have.
var shellScripts = map[string]string{
	"bash": `_FUNC() {
	local IFS=$'\n' line
	COMPREPLY=()
	for line in $('NAME' complete-words "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null); do
		COMPREPLY+=("${line%%$'\t'*}")
	done
}
complete -o default -F _FUNC 'NAME'
`,
	"zsh": `#compdef NAME
_FUNC() {
	local line
	local -a described
	for line in "${(@f)$('NAME' complete-words "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
		[[ -n $line ]] && described+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
	done
	if (( $#described )); then _describe 'NAME' described; else _files; fi
}
compdef _FUNC 'NAME'
`,
	"fish": `function __FUNC
	set -l lines ('NAME' complete-words (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
	if test (count $lines) -eq 0
		__fish_complete_path (commandline -ct)
	else
		printf '%s\n' $lines
	end
end
complete -c 'NAME' -f -a '(__FUNC)'
`,
}

// Run runs the command.
func (c *completionCommand) Run(e *env) error {
	name := filepath.Base(os.Args[0])
	function := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name)
	names := strings.NewReplacer("NAME", strings.ReplaceAll(name, "'", `'\''`), "FUNC", "prom_"+function)
	_, err := io.WriteString(e.out, names.
		Replace(shellScripts[c.Shell]))
	return err
}

// wordsCommand writes the words that may stand in the place of the last one, with a tab and a text behind them: the
// scripts ask it. Without any, the shell completes the names of files.
type wordsCommand struct {
	Words []string `arg:"" optional:""`
}

// Run runs the command.
func (c *wordsCommand) Run(e *env, k *kong.Context) error {
	for _, w := range e.complete(k.Model.Node, c.Words) {
		if _, err := fmt.Fprintf(e.out, "%s\t%s\n", w.text, strings.Join(strings.Fields(w.help), " ")); err != nil {
			return err
		}
	}
	return nil
}

// word is one that may stand somewhere.
type word struct{ text, help string }

// complete returns the words that may stand in the place of the last one.
func (e *env) complete(node *kong.Node, words []string) []word {
	if len(words) == 0 {
		words = []string{""}
	}
	words = slices.DeleteFunc(slices.Clone(words), func(w string) bool { return w == "=" }) // bash takes it for a word
	last := words[len(words)-1]
	flags := slices.Clone(node.Flags)
	var pending *kong.Flag // whose value comes next
	arg := 0
	for _, w := range words[:len(words)-1] {
		name, _, hasValue := strings.Cut(w, "=")
		switch {
		case pending != nil:
			pending = nil
		case strings.HasPrefix(w, "-"):
			if f := flagOf(flags, name); f != nil && !f.IsBool() && !hasValue {
				pending = f
			}
		default:
			i := slices.IndexFunc(node.Children, func(n *kong.Node) bool {
				return n.Name == w || slices.Contains(n.Aliases, w)
			})
			switch {
			case i < 0 && len(node.Children) > 0: // no command of ours
				return nil
			case i < 0:
				arg++
				continue
			}
			node = node.Children[i]
			flags = append(flags, node.Flags...)
		}
	}
	name, value, hasValue := strings.Cut(last, "=")
	switch {
	case pending != nil:
		return e.values(pending.Value, "", last)
	case strings.HasPrefix(last, "-") && hasValue:
		if f := flagOf(flags, name); f != nil {
			return e.values(f.Value, name+"=", value)
		}
		return nil
	case strings.HasPrefix(last, "-"):
		var list []word
		for _, f := range flags {
			if !f.Hidden {
				list = append(list, word{"--" + f.Name, f.Help})
			}
		}
		return beginning(list, last)
	}
	var list []word
	for _, n := range node.Children {
		if !n.Hidden {
			list = append(list, word{n.Name, n.Help})
		}
	}
	list = beginning(list, last)
	if n := len(node.Positional); n > 0 {
		list = append(list, e.values(node.Positional[min(arg, n-1)], "", last)...)
	}
	return list
}

func flagOf(flags []*kong.Flag, name string) *kong.Flag {
	for _, f := range flags {
		if name == "--"+f.Name || f.Short != 0 && name == "-"+string(f.Short) {
			return f
		}
	}
	return nil
}

func beginning(list []word, text string) []word {
	return slices.DeleteFunc(list, func(w word) bool { return !strings.HasPrefix(w.text, text) })
}

// values returns the values of a flag or an argument: those of its enum, or what its tag complete names.
func (e *env) values(v *kong.Value, before, begun string) []word {
	var list []word
	switch v.Tag.Get("complete") {
	case "tables":
		for _, r := range e.repos {
			list = append(list, word{r.Schema().Name, r.Schema().Model.String()})
		}
	case "connections":
		for _, r := range e.repos {
			if db, err := r.DB(); err == nil && db.Name() != "" {
				list = append(list, word{db.Name(), db.Dialect().Name()})
			}
		}
	case "risks": // of a list
		if i := strings.LastIndex(begun, ","); i >= 0 {
			before, begun = before+begun[:i+1], begun[i+1:]
		}
		for _, r := range risks {
			list = append(list, word{r.String(), "a risk of a step"})
		}
	default:
		if v.Enum != "" {
			for _, text := range v.EnumSlice() {
				list = append(list, word{text, v.Help})
			}
		}
	}
	list = slices.Compact(beginning(list, begun))
	for i := range list {
		list[i].text = before + list[i].text
	}
	return list
}
