package dialect

import (
	"time"

	"github.com/prom-go/prom/schema"
)

// Partitioning writes what belongs to partitioned tables. All of it is empty where tables have no partitions.
type Partitioning interface {
	// PartitionBy returns how the rows of a table are divided, as CREATE TABLE says it: RANGE ("at"); "" where the model
	// does not say that they are.
	PartitionBy(t *schema.Table) string

	// CreatePartition returns the statement that makes a partition of a table that nobody else uses yet.
	CreatePartition(t *schema.Table, p schema.Partition) string

	// AttachPartition returns the statements that make a partition while others use the table, and move the rows of the
	// default one that belong to it, in one transaction.
	AttachPartition(t *schema.Table, p schema.Partition, from PartitionSource) []string

	// DetachPartition returns the statement after which a partition is a table of its own, with its rows.
	DetachPartition(t *schema.Table, name string) string

	// PartitionKey returns a query for how the rows of a table are divided, as the engine writes it.
	PartitionKey() string

	// Partitions returns a query with one row for each partition of a table: its name, default boolean, and the bounds
	// of its range as microseconds since 1970 in UTC, text or NULL where it has none or they are no times.
	Partitions() string

	// PartitionTriggers returns a query with one row for each trigger that fires for changes of a partition: its name
	// text, whether (boolean) it fires in each replication role, and whether it goes when the partition is detached and
	// cannot be disabled until then.
	PartitionTriggers() string

	// PartitionPeriods returns a query for the periods of the rows in a partition, the default one, by the column that
	// was found: their beginnings as seconds since 1970 text, and the numbers of their rows.
	PartitionPeriods(t *schema.Table, found *schema.FoundColumn, partition string) string
}

// PartitionSource is the default partition, from which rows go to a new one.
type PartitionSource struct {
	Name     string             // "" when there is none
	Columns  []string           // that are moved; nil when no rows are
	Triggers []PartitionTrigger // that do not fire meanwhile
}

// PartitionTrigger is a trigger of a partition.
type PartitionTrigger struct {
	Name   string // of the trigger
	Always bool   // it fires in each replication role
	Bound  bool   // it goes when the partition is detached, and cannot be disabled until then
}

// CreatePartitions returns the statements that make the partitions which a table has from its beginning, see
// [schema.Table.Parts].
func CreatePartitions(d Dialect, t *schema.Table, now time.Time) (list []string) {
	for _, p := range t.Parts(now) {
		if sql := d.CreatePartition(t, p); sql != "" {
			list = append(list, sql)
		}
	}
	return list
}
