package sqlite

import (
	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// SQLite has no partitions; see [dialect.Partitioning].

// PartitionBy returns "".
func (Dialect) PartitionBy(*schema.Table) string { return "" }

// CreatePartition returns "".
func (Dialect) CreatePartition(*schema.Table, schema.Partition) string { return "" }

// AttachPartition returns nil.
func (Dialect) AttachPartition(*schema.Table, schema.Partition, dialect.PartitionSource) []string {
	return nil
}

// DetachPartition returns "".
func (Dialect) DetachPartition(*schema.Table, string) string { return "" }

// PartitionKey returns "".
func (Dialect) PartitionKey() string { return "" }

// Partitions returns "".
func (Dialect) Partitions() string { return "" }

// PartitionTriggers returns "".
func (Dialect) PartitionTriggers() string { return "" }

// PartitionPeriods returns "".
func (Dialect) PartitionPeriods(*schema.Table, *schema.FoundColumn, string) string { return "" }
