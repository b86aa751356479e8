package promcli

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/prom-go/prom"
)

// maxComment is how many characters of Markdown are written: GitHub refuses a comment of more than 65,536.
const maxComment = 60_000

// markdown returns a plan for a comment on a pull request. What does not fit in one is left out, the SQL last, and the
// text says so.
func markdown(plan *prom.SchemaPlan) string {
	head := markdownSteps(plan.Steps)
	parts := []string{markdownSQL(plan.Steps), markdownOthers(plan.NotModelled)}
	size := func() int { return utf8.RuneCountInString(head + strings.Join(parts, "")) }
	for i := len(parts) - 1; i >= 0 && size() > maxComment; i-- {
		parts[i] = "\n" + []string{"The SQL", "The list of what is not modelled"}[i] +
			" is left out, because it is too long for a comment. `prom plan` shows it.\n"
	}
	return head + strings.Join(parts, "")
}

var riskMarks = map[prom.Risk]string{prom.Additive: "🟢", prom.Locking: "🟡", prom.Rewriting: "🟠", prom.Lossy: "🔴"}

// maxTable is how many bytes the table of steps has, after which no more rows follow.
const maxTable = 40_000

func markdownSteps(steps []prom.Step) string {
	var b strings.Builder
	fmt.Fprintf(&b, "### Schema changes: %s\n", summary(steps))
	if len(steps) == 0 {
		b.WriteString("\nThe database is what the models say.\n")
		return b.String()
	}
	b.WriteString("\n| # | step | risk | rows | reason |\n|--:|---|---|--:|---|\n")
	for i, s := range steps {
		if b.Len() > maxTable {
			fmt.Fprintf(&b, "\n%s more.\n", plural(len(steps)-i, "step"))
			break
		}
		reason := escape(s.Reason)
		if why := obstacle(s); why != "" {
			reason = strings.TrimPrefix(reason+"<br>", "<br>") + "**cannot be done:** " + escape(why)
		}
		fmt.Fprintf(&b, "| %d | %s %s | %s %s | %s | %s |\n", i+1, escape(string(s.Kind)),
			cellCode(objectOf(s)+onConnection(s.Connection)), riskMarks[s.Risk], s.Risk, thousands(s.Rows), reason)
	}
	return b.String()
}

func markdownSQL(steps []prom.Step) string {
	var b strings.Builder
	for i, s := range steps {
		if s.SQL == nil {
			continue
		}
		fmt.Fprintf(&b, "-- %d. %s\n", i+1, stepTitle(s))
		statements(&b, s.SQL)
	}
	if b.Len() == 0 {
		return ""
	}
	fence := strings.Repeat("`", max(3, ticks(b.String())+1))
	return "\n<details><summary>SQL</summary>\n\n" + fence + "sql\n" + b.String() + fence + "\n\n</details>\n"
}

func markdownOthers(drifts prom.Drifts) string {
	if len(drifts) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n<details><summary>Not modelled, and left as it is: %d</summary>\n\n", len(drifts))
	for _, d := range drifts {
		fmt.Fprintf(&b, "- %s\n", escape(d.Error()))
	}
	b.WriteString("\n</details>\n")
	return b.String()
}

var special = regexp.MustCompile("[\\\\`*_{}\\[\\]<>#~|&]")

// escape returns text that Markdown shows as it is, in one line.
func escape(text string) string {
	return special.ReplaceAllString(strings.Join(strings.Fields(text), " "), `\$0`)
}

// cellCode returns text as code in a cell of a table, where a bar needs a backslash in code too.
func cellCode(text string) string {
	fence := strings.Repeat("`", ticks(text)+1)
	text = strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// ticks returns the length of the longest run of backticks in a text.
func ticks(text string) int {
	n := 0
	for _, run := range regexp.MustCompile("`+").FindAllString(text, -1) {
		n = max(n, len(run))
	}
	return n
}
