package sqlite

import (
	"slices"
	"strings"
)

// remarks are the comments that people wrote beside a part of a table's definition.
type remarks struct {
	before []string // on lines of their own, and inside of it
	after  []string // behind it on its line
}

// commentsIn returns the comments of a text that has nothing else but spaces and commas, and how many of them begin on
// its first line.
func commentsIn(gap string) (list []string, first int) {
	line := true
	for i := 0; i < len(gap); {
		n := 1
		switch {
		case strings.HasPrefix(gap[i:], "--"):
			n = lengthTo(gap[i:], "\n")
			list = append(list, strings.TrimRight(gap[i:i+n], " \t\r\n"))
		case strings.HasPrefix(gap[i:], "/*"):
			n = 2 + lengthTo(gap[i+2:], "*/")
			list = append(list, gap[i:i+n])
		case gap[i] == '\n':
			line = false
			i++
			continue
		default:
			i++
			continue
		}
		if line {
			first = len(list)
		}
		line = line && !strings.Contains(gap[i:i+n], "\n")
		i += n
	}
	return list, first
}

// commentsOf returns the comments between tokens, but for those inside of one of the parts, which keep them.
func commentsOf(sql string, list []token, parts ...[]token) (found []string) {
	for i := 1; i < len(list); i++ {
		from, to := list[i-1].to, list[i].from
		if !slices.ContainsFunc(parts, func(p []token) bool {
			return len(p) > 0 && p[0].from <= from && to <= p[len(p)-1].to
		}) {
			inside, _ := commentsIn(sql[from:to])
			found = append(found, inside...)
		}
	}
	return found
}

// remark gives what stands between two parts of a definition to them.
func remark(gap string, before, behind *remarks) {
	list, first := commentsIn(gap)
	if before == nil {
		first = 0
	} else {
		before.after = append(before.after, list[:first]...)
	}
	behind.before = append(behind.before, list[first:]...)
}

// write writes a part of a definition as lines, with its comments.
func (r *remarks) write(b *strings.Builder, text string) {
	for _, c := range r.before {
		b.WriteString("\t" + c + "\n")
	}
	if text != "" {
		b.WriteString("\t" + text)
		for _, c := range r.after {
			b.WriteString(" " + c)
		}
		b.WriteString("\n")
	}
}
