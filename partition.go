package prom

import (
	"context"
	"errors"

	"github.com/prom-go/prom/internal/core"
	"github.com/prom-go/prom/internal/install"
)

// PartitionOption is an option of [Partitions].
type PartitionOption struct {
	ahead, keep *int
}

// Ahead says how many periods after the current one have a partition. Without it, one has, as in a table that prom has
// just created.
func Ahead(periods int) PartitionOption { return PartitionOption{ahead: &periods} }

// Keep says how many periods before the current one stay in the table; the partitions of older ones are detached.
// Without it, none is.
func Keep(periods int) PartitionOption { return PartitionOption{keep: &periods} }

// Partitions returns the plan by which a partitioned table keeps up with the time. Run it by [Apply], from a job that
// runs more often than a period ends:
//
//	plan, err := prom.Partitions(ctx, readings, prom.Ahead(3), prom.Keep(12))
//	…
//	_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking)
//
// The model says by which periods it is partitioned:
//
//	type Reading struct {
//		_  struct{}  `prom:"partition=month(at)"`
//		ID int64     `prom:"key,auto"`
//		At time.Time `prom:"key"`
//	}
//
// The plan has a step for each partition that is missing: that of the current period, those that [Ahead] asks for, and
// those of earlier periods of which the default partition has rows. The rows move to the new partition in the same
// transaction. Such a step is [Locking], and others are [Additive]. If foreign keys refer to the table, rows cannot
// leave the default partition, and the step is [Step].Blocked. With [Keep] there is a [Locking] step for each partition
// that is older. It is detached, and never dropped: it stays as a table of its own, with its rows. Only partitions that
// are exactly one period are detached.
//
// Periods begin at midnight UTC, and weeks on Monday. The plan has no steps for a table that does not exist, because it
// is created with its first partitions, for a table that is partitioned by a hash, and on SQLite, where the table is an
// ordinary one. A table that is not partitioned as the model says is listed in [SchemaPlan.NotModelled]. A model
// without the tag option partition is [ErrValidation].
func Partitions(ctx context.Context, repo AnyRepo, options ...PartitionOption) (*SchemaPlan, error) {
	targets, err := targetsOf([]AnyRepo{repo})
	if err != nil {
		return nil, err
	}
	const op = "partitions"
	p, t, keeps := &SchemaPlan{targets: targets}, &targets[0], install.Retention{Ahead: 1}
	for _, o := range options {
		if o.ahead != nil {
			keeps.Ahead = *o.ahead
		}
		if o.keep != nil {
			keeps.Keep, keeps.Ends = *o.keep, true
		}
	}
	if keeps.Ahead < 0 || keeps.Keep < 0 {
		return nil, core.ErrorOf(op, t.tables[0], errors.New("the number of periods cannot be negative"))
	}
	t.keeps = &keeps
	steps, others, err := install.Partitions(ctx, t.on, t.tables[0], keeps)
	if err != nil {
		return nil, core.ErrorOf(op, t.tables[0], err)
	}
	p.Steps, p.NotModelled = ownSteps(steps), ownDrifts(others)
	return p, nil
}
