package install

import (
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// markCollations marks the columns that ignore case since a model had the option nocase. A collation that others gave a
// column is the database's own.
func (p *planner) markCollations() error {
	var marked []*schema.FoundColumn
	for _, c := range p.table.Columns {
		if h := p.have.Column(c.Name); h != nil && h.NoCase && !c.NoCase {
			marked = append(marked, h)
		}
	}
	if marked == nil || p.db.DSN().Options.NoHistory {
		return nil
	}
	statements, err := p.history()
	if err != nil {
		return err
	}
	for _, h := range marked {
		h.OwnCollation = p.gaveCollation(statements.all, h)
	}
	return nil
}

// gaveCollation reports whether this library gave a column the collation that it has, and has not taken it away since.
func (p *planner) gaveCollation(statements []string, h *schema.FoundColumn) (own bool) {
	var types []string
	for _, folded := range []bool{true, false} {
		typ := p.d.ColumnType(&schema.Column{Kind: schema.Text, NoCase: true, Folded: folded})
		if strings.HasSuffix(strings.ToUpper(typ), strings.ToUpper(" COLLATE "+h.Collation)) {
			types = append(types, typ)
		}
	}
	begins := func(definition string) bool {
		for _, typ := range types {
			if strings.HasPrefix(definition, typ) {
				return true
			}
		}
		return false
	}
	name := dialect.Quote(h.Name)
	for _, sql := range statements {
		wroteColumn(sql, h.Name, func(definition string) bool {
			if definition != "" { // else the column was renamed
				own = begins(strings.TrimPrefix(definition, " "))
			}
			return true
		})
		if _, typ, ok := strings.Cut(sql, "ALTER COLUMN "+name+" TYPE "); ok {
			own = begins(typ)
		}
		if ofPassing("INSERT INTO ", sql) { // a rebuild of SQLite
			for _, nocase := range []bool{true, false} {
				if c := dialect.Collated("", nocase); strings.Contains(sql, name+c) || strings.Contains(sql, name+" AS TEXT)"+c) {
					own = nocase && types != nil
				}
			}
		}
	}
	return own
}
