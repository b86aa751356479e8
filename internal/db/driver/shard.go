package driver

import (
	"regexp"
	"strings"

	"github.com/prom-go/prom/schema"
)

// A table that is stored in parts is one table to its users, and an error of the server names the part: a shard of
// Citus, whose name is the table's and a number, as those of its constraints and indexes are (order_102008,
// order_pkey_102008). Names that would be too long are cut, and have a hash before the number.

var (
	shardSuffix = regexp.MustCompile(`_[1-9][0-9]{5,}$`)
	hashSuffix  = regexp.MustCompile(`_[0-9a-f]{8}$`)
)

// longestName is how many bytes of a name PostgreSQL keeps.
const longestName = 63

// ofWhole replaces the names of a shard or a partition of t by those of t.
func (e *Error) ofWhole(t *schema.Table) {
	if t.IsPart(e.Table) {
		if e.Kind == KindUnique { // whose name is made from that of the partition; the columns tell the table's
			e.Constraint = ""
		}
		e.Table = t.Name
		return
	}
	suffix := shardSuffix.FindString(e.Table)
	if suffix == "" || e.Table == t.Name {
		return
	}
	whole := strings.TrimSuffix(e.Table, suffix)
	if whole != t.Name {
		_, local := schema.SplitName(e.Table)
		cut := hashSuffix.ReplaceAllString(whole, "")
		if len(local) != longestName || cut == whole || !strings.HasPrefix(t.Name, cut) {
			return
		}
	}
	e.Table, e.Constraint = t.Name, strings.TrimSuffix(e.Constraint, suffix)
}
