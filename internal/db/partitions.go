package db

import (
	"context"
	"math"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/schema"
)

// inspectPartitions reads how a table that was found is partitioned.
func (db *DB) inspectPartitions(ctx context.Context, table string, found *schema.Found) error {
	query := db.dialect.PartitionKey()
	if query == "" || !found.Partitioned {
		return nil
	}
	if err := db.inspect(ctx, query, table, func(r inspected) { found.PartitionKey = r.text(0) }); err != nil {
		return err
	}
	bound := func(text string, none int64) int64 {
		if n, err := strconv.ParseInt(text, 10, 64); err == nil {
			return n
		}
		return none
	}
	return db.inspect(ctx, db.dialect.Partitions(), table, func(r inspected) {
		found.Partitions = append(found.Partitions, schema.FoundPartition{Name: r.name(0), Default: r.bool(1),
			From: bound(r.text(2), math.MinInt64), To: bound(r.text(3), math.MaxInt64)})
	})
}

// PartitionTriggers lists the triggers that fire for changes of a partition.
func (db *DB) PartitionTriggers(ctx context.Context, partition string) (list []dialect.PartitionTrigger, err error) {
	err = db.inspect(ctx, db.dialect.PartitionTriggers(), partition, func(r inspected) {
		list = append(list, dialect.PartitionTrigger{Name: r.text(0), Always: r.bool(1), Bound: r.bool(2)})
	})
	return list, err
}

// Period is a period of rows in a partition.
type Period struct {
	Start time.Time
	Rows  int64
}

// PartitionPeriods lists the periods of the rows in a partition of a table.
func (db *DB) PartitionPeriods(ctx context.Context, t *schema.Table, found *schema.FoundColumn,
	partition string) (list []Period, err error) {
	err = db.inspect(ctx, db.dialect.PartitionPeriods(t, found, partition), "", func(r inspected) {
		seconds, _ := strconv.ParseInt(r.text(0), 10, 64) // it is a bigint
		list = append(list, Period{Start: time.Unix(seconds, 0).UTC(), Rows: r.int(1)})
	})
	return list, err
}

type citusKey struct{}

// HasCitus reports whether the database has the extension Citus. It is asked once.
func (db *DB) HasCitus(ctx context.Context) (has bool, err error) {
	query, _ := db.dialect.Distributed()
	if query == "" {
		return false, nil
	}
	known := db.Extra(citusKey{}, func() any { return new(atomic.Pointer[bool]) }).(*atomic.Pointer[bool])
	if is := known.Load(); is != nil {
		return *is, nil
	}
	if err = db.inspect(ctx, query, "", func(r inspected) { has = r.bool(0) }); err == nil {
		known.Store(&has)
	}
	return has, err
}

// DistributedBy tells how Citus distributes a table, as the tag option does; "" when it does not.
func (db *DB) DistributedBy(ctx context.Context, table string) (how string, err error) {
	_, query := db.dialect.Distributed()
	err = db.inspect(ctx, query, table, func(r inspected) { how = r.text(0) })
	return how, err
}
