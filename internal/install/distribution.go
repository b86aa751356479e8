package install

import (
	"context"
	"fmt"
	"slices"

	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// distribute has Citus distribute a table that has just been made, before it has foreign keys.
func (in *installer) distribute(t *schema.Table) {
	if sql := in.d.Distribute(t, beside(t, func(name string) bool { return in.exists[name] })); sql != "" {
		in.change([]string{sql}, t)
	}
}

// beside returns the table to whose rows those of a table refer, so that both lie together; "" when there is none that
// is made before it.
func beside(t *schema.Table, made func(name string) bool) string {
	for _, target := range t.Targets() {
		if target.DistributedBy() != nil && target.Name != t.Name && made(target.Name) {
			return target.Name
		}
	}
	return ""
}

// distributing has Citus change tables one shard after the other, if some of them are distributed, and returns the
// statements that end it.
func (in *installer) distributing(tables []*schema.Table) (end []string) {
	if !slices.ContainsFunc(tables, func(t *schema.Table) bool { return t.Distribution != nil }) {
		return nil
	}
	begin, end := in.d.Distributing()
	in.run(begin, "")
	return end
}

// distributable returns why Citus cannot have a table as its model says.
func distributable(ctx context.Context, db *db.DB, t *schema.Table) error {
	if t.Distribution == nil || !t.Audited {
		return nil
	}
	has, err := db.HasCitus(ctx)
	if err != nil || !has {
		return err
	}
	return Unsupported("install", t, "the audit log is written by triggers")
}

// Unsupported is the error of what Citus does not do for a distributed table.
func Unsupported(op string, t *schema.Table, why string) error {
	return &driver.Error{Kind: driver.KindUnsupported, Op: op, Table: t.Name,
		Detail: fmt.Sprintf("%s, and Citus does not have that for a distributed table (distribute=%s)", why, t.Distribution)}
}

// distribution tells that Citus distributes a table in another way than its model says. Nothing is done about it: all
// rows would move, and only its owner knows when.
func (p *planner) distribution() error {
	t := p.table
	if t.Distribution == nil || p.have.View {
		return nil
	}
	has, err := p.db.HasCitus(p.ctx)
	if err != nil || !has {
		return err
	}
	have, err := p.db.DistributedBy(p.ctx, t.Name)
	if err == nil && have != t.Distribution.String() {
		p.others = append(p.others, &schema.Drift{Sort: schema.Different, Object: schema.OfDistribution, Table: t.Name,
			Aspect: schema.AspectText, Have: have, Want: t.Distribution.String(), At: schema.DriftPlace{Holds: true}})
	}
	return err
}
