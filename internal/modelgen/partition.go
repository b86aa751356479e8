package modelgen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/prom-go/prom/schema"
)

// findPartitioning has the model say how its table is partitioned, if a tag can.
func (t *found) findPartitioning() {
	if !t.Partitioned {
		return
	}
	blank := t.partitioning()
	if blank != nil && t.embedded == "" {
		if _, err := modelOf(t.table, append(slices.Clone(t.blanks), blank), t.fields...); err != nil {
			blank = nil
		}
	}
	if blank == nil {
		t.notes = append(t.notes, fmt.Sprintf("The table is partitioned by %s, which no tag says.", t.PartitionKey))
		return
	}
	t.blanks = append(t.blanks, blank)
}

// partitioning returns the tag, nil when there is none: the rows are divided by something else than one column, or into
// other partitions than one for each period.
func (t *found) partitioning() []string {
	way, rest, _ := strings.Cut(t.PartitionKey, " (")
	name := strings.ReplaceAll(strings.Trim(strings.TrimSuffix(rest, ")"), `"`), `""`, `"`)
	c := t.Column(name)
	if c == nil {
		return nil
	}
	if way == "HASH" {
		return []string{"partition=" + tagValue(string(schema.ByHash)+"("+name+")"),
			fmt.Sprintf("partitions=%d", len(t.Partitions))}
	}
	for _, by := range []schema.PartitionBy{schema.ByDay, schema.ByWeek, schema.ByMonth, schema.ByYear} {
		p, periods := schema.Partitioning{By: by}, 0
		for _, f := range t.Partitions {
			if _, ok := f.Starts(&p); ok {
				periods++
			} else if !f.Default {
				periods = -len(t.Partitions)
			}
		}
		if way == "RANGE" && periods > 0 {
			return []string{"partition=" + tagValue(string(by)+"("+name+")")}
		}
	}
	return nil
}
