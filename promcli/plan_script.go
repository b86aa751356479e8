package promcli

import (
	"fmt"
	"io"
	"strings"

	"github.com/prom-go/prom"
)

// writeScript writes the steps of a plan as a script for psql or sqlite3.
func (e *env) writeScript(plan *prom.SchemaPlan) error {
	for _, s := range plan.Steps {
		if s.Connection != plan.Steps[0].Connection {
			return usage("the steps are of several connections (%q and %q), which one script cannot change: "+
				"choose one by --on", plan.Steps[0].Connection, s.Connection)
		}
	}
	_, err := io.WriteString(e.out, script(plan))
	return err
}

// script returns the steps of a plan in their order. What Apply does in one transaction is one, and a step that cannot
// be done is a comment.
func script(plan *prom.SchemaPlan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "-- prom plan: %s\n", summary(plan.Steps))
	open := false // a transaction of additive steps
	end := func() {
		if open {
			b.WriteString("\nCOMMIT;\n")
		}
		open = false
	}
	for i, s := range plan.Steps {
		why := obstacle(s)
		shared := s.Risk == prom.Additive && !s.Apart && why == ""
		if !shared {
			end()
		} else if !open {
			b.WriteString("\nBEGIN;\n")
			open = true
		}
		fmt.Fprintf(&b, "\n-- %d. %s [%s, about %s]\n", i+1, stepTitle(s), s.Risk, rowsOf(s.Rows))
		comment(&b, s.Reason)
		switch {
		case why != "":
			comment(&b, "Cannot be done: "+why)
			for _, sql := range s.SQL {
				comment(&b, sql+";")
			}
		case shared, s.Apart && !s.Rebuild:
			statements(&b, s.SQL)
		case s.Rebuild:
			b.WriteString("PRAGMA foreign_keys = OFF;\nPRAGMA legacy_alter_table = ON;\nBEGIN IMMEDIATE;\n")
			statements(&b, s.SQL)
			b.WriteString("-- It must return no row; otherwise run ROLLBACK.\nPRAGMA foreign_key_check;\nCOMMIT;\n" +
				"PRAGMA legacy_alter_table = OFF;\nPRAGMA foreign_keys = ON;\n")
		default:
			b.WriteString("BEGIN;\n")
			statements(&b, s.SQL)
			b.WriteString("COMMIT;\n")
		}
	}
	end()
	return b.String()
}

func statements(b *strings.Builder, list []string) {
	for _, sql := range list {
		fmt.Fprintf(b, "%s;\n", sql)
	}
}

func comment(b *strings.Builder, text string) {
	if text != "" {
		fmt.Fprintf(b, "-- %s\n", strings.ReplaceAll(text, "\n", "\n-- "))
	}
}
