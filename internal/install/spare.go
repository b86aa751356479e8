package install

import (
	"slices"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// spare keeps plans from dropping columns that this library made for an earlier version of the model, and their indexes
// and constraints, while another program stores them. Of a column that no other program is known to store it notes that
// it may go.
func (p *planner) spare(drifts []*schema.Drift) error {
	own := func(d *schema.Drift) bool {
		return d.Sort == schema.Extra && d.At.Own && !strings.HasPrefix(d.Name, dialect.Passing)
	}
	if !slices.ContainsFunc(drifts, own) {
		return nil
	}
	others, err := p.users()
	if err != nil {
		return err
	}
	checks := map[string]string{} // of columns that are stored, and by whom
	for _, d := range drifts {
		if !own(d) || d.Object == schema.OfCheck {
			continue
		}
		user := others.ofDrift(d)
		switch {
		case user != "":
			d.At.Own, d.At.Note = false, "in use by "+user
			if d.Object == schema.OfColumn {
				checks[schema.IndexName(p.table.Name, d.Name+"_check")] = user
			}
		case d.Object == schema.OfColumn:
			d.At.Note = "no other program is known to store it, so it may go"
		}
	}
	for _, d := range drifts {
		if user := checks[d.Name]; user != "" && own(d) {
			d.At.Own, d.At.Note = false, "in use by "+user
		}
	}
	return nil
}
