package transfer

import (
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/prom-go/prom/schema"
)

// columns finds the columns of the names of the file.
func (in *importing) columns(names []string) error {
	in.names, in.from, in.cols, in.fill = names, make([]*schema.Column, len(names)), nil, nil
	for i, name := range names {
		column, mapped := in.Columns[name]
		if !mapped {
			column = name
		}
		if column == "" {
			continue
		}
		at := slices.IndexFunc(in.t.Columns, func(c *schema.Column) bool { return c.Name == column })
		switch {
		case at < 0:
			return in.errorf("the table has no column %q; its columns are %s. Name the column of the table, as in --map 'NAME=COLUMN', "+
				"or nothing behind the sign to leave it out", column, strings.Join(schema.ColumnNames(in.t.Columns), ", "))
		case slices.Contains(in.cols, in.t.Columns[at]):
			return in.errorf("the file has the column %q twice", column)
		case in.t.Columns[at].Generated != "":
			continue // the database computes it
		}
		in.from[i] = in.t.Columns[at]
		in.cols = append(in.cols, in.t.Columns[at])
	}
	if len(in.cols) == 0 {
		return in.errorf("the file has no column of the table")
	}
	return in.filled()
}

// filled adds the columns that the file lacks and a new value of the model has.
func (in *importing) filled() error {
	now := schema.TimeValue(schema.Time, time.Now())
	for _, c := range in.t.Columns {
		var fill func() schema.Value
		switch {
		case slices.Contains(in.cols, c) || in.plan == nil || c.ReadOnly:
			continue
		case c.Created, c.Updated, c.Default != nil && c.Default.Func == "now" && c.Kind == schema.Time:
			fill = func() schema.Value { return now }
		case c.Default != nil && c.Default.Func == "now":
			fill = func() schema.Value { return schema.TimeValue(c.Kind, time.Now().UTC()) }
		case c.Auto && c.Kind == schema.UUID, c.Default != nil && c.Default.Func == "uuid":
			fill = func() schema.Value { return schema.TextValue(schema.UUID, uuid.Must(uuid.NewV7()).String()) }
		case c.Version && c.Default == nil:
			fill = func() schema.Value { return schema.IntValue(c.Kind, 1) }
		case c.Required() && !c.HasConstant() && !(c.Auto && c.Kind.Integer()):
			return in.errorf("the file has no column %q, which is required", c.Name)
		default:
			continue
		}
		in.cols, in.fill = append(in.cols, c), append(in.fill, fill)
	}
	if in.OnConflict == Update {
		for _, c := range in.t.Key {
			if !slices.Contains(in.cols, c) {
				return in.errorf("rows that are there are found by the primary key, and the file has no column %q", c.Name)
			}
		}
		if len(in.t.Key) == 0 {
			return in.errorf("rows that are there are found by the primary key, and the table has none")
		}
	}
	return nil
}
