package migrate

import (
	"fmt"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// Files returns the files of a plan, from a version on. Formats that have no down files, Atlas's, get none.
func (p *Plan) Files(d dialect.Dialect, format, name string, version uint64) (files []File) {
	units := p.units(d, format == Tool)
	for i, u := range units {
		w := writer{d: d, format: format, unit: u, plan: p}
		base := fmt.Sprintf("%d_%s", version+uint64(i), name)
		if i > 0 {
			base += fmt.Sprintf("_%d", i+1)
		}
		kept := ""
		if i == len(units)-1 {
			kept = w.kept()
		}
		switch up, down := w.up()+kept, w.down(); format {
		case Goose:
			text := ""
			if u.mode != inTx {
				text = "-- +goose NO TRANSACTION\n"
			}
			files = append(files, File{base + ".sql", []byte(text + "-- +goose Up\n" + up + "\n-- +goose Down\n" + down)})
		case Atlas:
			files = append(files, File{base + ".sql", []byte(w.directives() + up)})
		default:
			files = append(files, File{base + ".up.sql", []byte(up)}, File{base + ".down.sql", []byte(down)})
		}
	}
	return files
}

// writer writes what a file does.
type writer struct {
	d      dialect.Dialect
	format string
	unit   unit
	plan   *Plan
}

// comment returns text as a comment of SQL.
func comment(text string) string {
	return "-- " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n-- ") + "\n"
}

// title says what a step does, its risk and why.
func title(s schema.Step) string {
	name := s.Table
	switch {
	case name == "":
		name = s.Name
	case s.Kind == schema.CreateSchema:
		name = s.Name
	case s.Name != "":
		name += "." + s.Name
	}
	reason, _, _ := strings.Cut(s.Reason, "; it allows NULL until")
	text := fmt.Sprintf("%s %s [%s]", s.Kind, name, s.Risk)
	if !strings.Contains(reason, "; ") && s.Kind != schema.RebuildTable &&
		(strings.HasSuffix(reason, " is missing") || strings.HasSuffix(reason, " is extra")) {
		return text // which the kind has said
	}
	return text + ": " + reason
}

func find(tables []*schema.Table, table, column string) *schema.Column {
	for _, t := range tables {
		if t.Name == table {
			return t.Column(column)
		}
	}
	return nil
}

// needsValue reports whether a step adds a column that rows have no value for.
func (w *writer) needsValue(tables []*schema.Table, s schema.Step) bool {
	c := find(tables, s.Table, s.Name)
	return s.Kind == schema.AddColumn && c != nil && dialect.NeedsValue(w.d, c)
}

const byHand = "BY HAND: write here the statements that do it, and then run prom migrate hash."

func (w *writer) up() string {
	var b strings.Builder
	list := statements(w.unit.up, w.unit.mode == inTx)
	for i, s := range w.unit.up {
		b.WriteString("\n" + comment(title(s)))
		if s.Kind == schema.ByHand {
			b.WriteString(comment(byHand))
		}
		if s.Probe != "" {
			b.WriteString(comment("This counts the rows that stand in its way: " + s.Probe))
		}
		if w.unit.part != "" {
			list[i] = []string{w.unit.part}
		}
		for _, sql := range list[i] {
			b.WriteString(w.statement(sql))
		}
		if strings.Contains(strings.Join(list[i], ";"), "CREATE INDEX CONCURRENTLY") ||
			strings.Contains(strings.Join(list[i], ";"), "CREATE UNIQUE INDEX CONCURRENTLY") {
			b.WriteString(comment("If that fails, it leaves an invalid index: drop it before you try again."))
		}
		if w.needsValue(w.plan.Tables, s) {
			b.WriteString(comment(fmt.Sprintf("Rows that are there need a value before the column becomes NOT NULL. "+
				"Give them one here:\nUPDATE %s SET %s = … WHERE %s IS NULL;", w.d.Table(s.Table), w.d.Quote(s.Name), w.d.Quote(s.Name))))
		}
	}
	return w.enclosed(b.String())
}

func (w *writer) down() string {
	if w.unit.follows {
		return comment("Nothing: the file before undoes all of it.")
	}
	var b strings.Builder
	for _, s := range w.unit.up {
		if s.Kind == schema.AddValue {
			b.WriteString(comment("The value stays: PostgreSQL cannot take one from an enum."))
		}
	}
	list := statements(w.unit.down, w.unit.mode == inTx || w.format == Tool)
	for i, s := range w.unit.down {
		b.WriteString("\n" + comment(title(s)))
		if s.Kind == schema.ByHand {
			b.WriteString(comment(byHand))
		}
		if w.needsValue(w.plan.renamed, s) {
			b.WriteString(comment("It fails on a table with rows, which have no value for it."))
		}
		for _, sql := range list[i] {
			b.WriteString(w.statement(sql))
		}
	}
	if b.Len() == 0 {
		return comment("Nothing to undo.")
	}
	return w.enclosed(b.String())
}

// kept tells what is not done.
func (w *writer) kept() string {
	if len(w.plan.Kept) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n" + comment("Not done, because it loses something; prom migrate new --allow lossy writes it:"))
	for _, s := range w.plan.Kept {
		b.WriteString("--\n" + comment(title(s)))
		for _, sql := range s.SQL {
			b.WriteString(comment("    " + sql + ";"))
		}
	}
	return b.String()
}

// statement returns a statement as the tool reads it.
func (w *writer) statement(sql string) string {
	compound := strings.ContainsAny(sql, ";") || strings.Contains(sql, "--")
	switch {
	case w.format == Goose && w.unit.mode != rebuild && compound:
		return "-- +goose StatementBegin\n" + sql + ";\n-- +goose StatementEnd\n"
	case w.format == Atlas && w.unit.mode != inTx && !w.d.ShadowApart() && strings.Contains(sql, "; "):
		return "BEGIN;\n" + sql + ";\nCOMMIT;\n"
	case w.format == SQL && w.unit.mode == noTx && strings.Contains(sql, "; ") && !strings.HasPrefix(sql, "DO "):
		return "BEGIN;\n" + sql + ";\nCOMMIT;\n"
	}
	return sql + ";\n"
}

// What a rebuild of SQLite compares: the rows that refer to nothing, before and after. A CHECK that fails ends it.
const (
	looksBefore = `CREATE TEMP TABLE "prom_tmp_before" AS SELECT count(*) AS "n" FROM pragma_foreign_key_check` + ";\n"
	looksAfter  = `CREATE TEMP TABLE "prom_tmp_after" ("no_row_refers_to_nothing" INTEGER CHECK ("no_row_refers_to_nothing"))` + ";\n" +
		`INSERT INTO "prom_tmp_after" SELECT (SELECT count(*) FROM pragma_foreign_key_check) <= "n" FROM "prom_tmp_before"` + ";\n" +
		`DROP TABLE temp."prom_tmp_after"` + ";\n" + `DROP TABLE temp."prom_tmp_before"` + ";\n"
	pragmasOff = "PRAGMA foreign_keys = OFF;\nPRAGMA legacy_alter_table = ON;\n"
	pragmasOn  = "PRAGMA legacy_alter_table = OFF;\nPRAGMA foreign_keys = ON;\n"
	rebuildSay = "SQLite: the table is rebuilt with foreign keys off, " +
		"else the rebuild would delete the rows that refer to it."
)

// enclosed returns the body of a file with what begins and ends it.
func (w *writer) enclosed(body string) string {
	if w.unit.mode != rebuild {
		if w.format == SQL && w.unit.mode == inTx {
			return "BEGIN;\n" + body + "\nCOMMIT;\n"
		}
		return body
	}
	inner := looksBefore + body + "\n" + looksAfter
	switch w.format {
	case Goose: // in one piece, so that all of it is on one connection
		return comment(rebuildSay) + "-- +goose StatementBegin\n" +
			pragmasOff + "BEGIN;\n" + inner + "COMMIT;\n" + pragmasOn +
			"-- +goose StatementEnd\n"
	case Tool:
		return comment(rebuildSay+"\nThe tool has begun a transaction, in which the PRAGMA would do nothing; with x-no-tx-wrap this "+
			"file fails.") +
			"COMMIT;\n" + pragmasOff + "BEGIN;\n" + inner + "COMMIT;\n" + pragmasOn + "BEGIN;\n"
	case Atlas: // which turns foreign keys off before its transaction when a file begins so
		return comment(rebuildSay) + pragmasOff + inner + pragmasOn
	}
	return comment(rebuildSay) + pragmasOff + "BEGIN;\n" + inner + "COMMIT;\n" + pragmasOn
}

// directives are those of Atlas.
func (w *writer) directives() string {
	if w.unit.mode == noTx {
		return noTxAtlas + "\n\n"
	}
	return ""
}
