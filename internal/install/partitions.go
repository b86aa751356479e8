package install

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/internal/db"
	"github.com/prom-go/prom/internal/db/driver"
	"github.com/prom-go/prom/schema"
)

// Retention says which partitions a table is to have.
type Retention struct {
	Ahead int  // how many periods after the current one
	Keep  int  // how many periods before it, if Ends
	Ends  bool // older ones are detached
}

// parts makes the partitions of a table that has just been made.
func (in *installer) parts(t *schema.Table) {
	for _, p := range t.Parts(time.Now()) {
		in.change([]string{in.d.CreatePartition(t, p)}, t)
		in.isTaken(t, p.Name, fmt.Sprintf("the name %q of a partition", p.Name))
	}
}

// partitionDrift tells that a table is partitioned in another way than its model says, nil when it is not.
func partitionDrift(t *schema.Table, want, have string) *schema.Drift {
	if want == "" || strings.ReplaceAll(want, `"`, "") == strings.ReplaceAll(have, `"`, "") {
		return nil
	}
	return &schema.Drift{Sort: schema.Different, Object: schema.OfPartitionKey, Table: t.Name, Aspect: schema.AspectText,
		Have: have, Want: want}
}

// foundPartitioning is partitionDrift of a table that was found. Nothing is done about it: PostgreSQL does not change
// how a table is partitioned.
func foundPartitioning(d dialect.Dialect, t *schema.Table, found *schema.Found) *schema.Drift {
	drift := partitionDrift(t, d.PartitionBy(t), found.PartitionKey)
	if drift != nil {
		drift.At.Holds = true
	}
	return drift
}

// partitioning takes out of what no model declares that a table is partitioned as its model says.
func (p *planner) partitioning() {
	if p.d.PartitionBy(p.table) == "" || p.have.View {
		return
	}
	drift := foundPartitioning(p.d, p.table, &p.have)
	if drift != nil {
		p.others = append(p.others, drift)
	}
	p.have.Dependents = slices.DeleteFunc(p.have.Dependents, func(d schema.Dependent) bool {
		return d.Sort == schema.OfPartitionKey || d.Sort == schema.OfPartitions && drift == nil
	})
}

// Partitions tells what gives a table the partitions that it is to have, and detaches those that are too old. There is
// nothing to do for a table that is not there, since it is made with its first partitions, nor for one that is
// partitioned in another way or not at all, of which the drift tells.
func Partitions(ctx context.Context, db *db.DB, t *schema.Table, r Retention) ([]schema.Step, []*schema.Drift, error) {
	ctx = db.Unlimited(ctx)
	j := partitionJob{ctx: ctx, db: db, d: db.Dialect(), table: t, now: time.Now()}
	if t.Partition == nil {
		return nil, nil, &driver.Error{Kind: driver.KindValidation, Op: "partitions", Table: t.Name,
			Detail: "the model is not partitioned: say it on a blank field, as in _ struct{} `prom:\"partition=month(at)\"`"}
	}
	if j.d.PartitionBy(t) == "" {
		return nil, nil, nil
	}
	var err error
	if j.have, err = db.InspectAll(ctx, t.Name); err != nil || !j.have.Exists || j.have.View {
		return nil, nil, err
	}
	if drift := foundPartitioning(j.d, t, &j.have); drift != nil {
		return nil, []*schema.Drift{drift}, nil
	}
	if t.Partition.By == schema.ByHash {
		return nil, nil, nil
	}
	err = j.plan(r)
	for i := range j.steps {
		j.steps[i].Connection = db.Name()
	}
	return j.steps, nil, err
}

// ApplyPartitions does steps that Partitions has told, see [Apply].
func ApplyPartitions(ctx context.Context, db *db.DB, t *schema.Table, r Retention, steps []schema.Step) ([]schema.Step,
	error) {
	a := newApplier(db, []*schema.Table{t}, steps)
	a.plan = func(ctx context.Context, _ ...*schema.Table) ([]schema.Step, error) {
		now, _, err := Partitions(ctx, db, t, r)
		return now, err
	}
	return apply(ctx, a)
}

// partitionJob plans the partitions of one table.
type partitionJob struct {
	ctx   context.Context //nolint:containedctx // of the one call
	db    *db.DB
	d     dialect.Dialect
	table *schema.Table
	now   time.Time
	have  schema.Found
	steps []schema.Step
}

func (j *partitionJob) plan(r Retention) error {
	p := j.table.Partition
	current := p.Start(j.now)
	oldest := time.Time{} // years from 1 on have partitions
	if r.Ends {
		oldest = p.Add(current, -r.Keep)
	}
	rest, periods, err := j.leftOver()
	if err != nil {
		return err
	}
	rows := map[time.Time]int64{}
	var starts []time.Time
	for n := range r.Ahead + 1 {
		starts = append(starts, p.Add(current, n))
	}
	last := starts[len(starts)-1]
	for _, period := range periods {
		if rows[period.Start] = period.Rows; period.Start.Before(current) && !period.Start.Before(oldest) {
			starts = append(starts, period.Start)
		}
	}
	slices.SortFunc(starts, time.Time.Compare)
	for _, start := range starts {
		if start.After(last) {
			break
		}
		if err := j.create(j.table.Period(start), rest, rows[start]); err != nil {
			return err
		}
	}
	for i := range j.have.Partitions {
		f := &j.have.Partitions[i]
		if start, ok := f.Starts(p); ok && r.Ends && start.Before(oldest) {
			if err := j.detach(f.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// leftOver tells the default partition, and the periods of the rows in it.
func (j *partitionJob) leftOver() (rest string, periods []db.Period, err error) {
	for _, f := range j.have.Partitions {
		if f.Default {
			rest = f.Name
		}
	}
	if rest != "" {
		periods, err = j.db.PartitionPeriods(j.ctx, j.table, j.have.Column(j.table.Partition.Column.Name), rest)
	}
	return rest, periods, err
}

// create adds the step that makes a partition, unless others take the rows of its period. Those that are in the default
// partition by now move, rows of them.
func (j *partitionJob) create(p schema.Partition, rest string, rows int64) error {
	t := j.table
	_, local := schema.SplitName(p.Name)
	period := p.From.Format(time.DateOnly) + " to " + p.To.Format(time.DateOnly)
	step := schema.Step{Kind: schema.CreatePartition, Table: t.Name, Name: local, Risk: schema.Additive, Rows: rows,
		Reason: t.Name + ": no partition is for " + period}
	byHand := func(why string) {
		step.Kind, step.Risk, step.Reason = schema.ByHand, schema.Lossy, step.Reason+" alone; "+why
		j.steps = append(j.steps, step)
	}
	for i := range j.have.Partitions {
		f := &j.have.Partitions[i]
		switch {
		case !f.Overlaps(p):
		case f.From <= p.From.UnixMicro() && f.To >= p.To.UnixMicro():
			return nil
		default:
			byHand("the partition " + f.Name + " has some of its rows: detach it, " +
				"and attach it with bounds of whole periods, or as several")
			return nil
		}
	}
	switch taken, err := j.db.Inspect(j.ctx, p.Name); {
	case err != nil:
		return err
	case taken.Exists:
		byHand("a table of the name " + p.Name + " exists, which is no partition of it: attach it, or rename it")
		return nil
	}
	from := dialect.PartitionSource{Name: rest}
	if rest != "" {
		referrers, err := j.referrers()
		if err != nil {
			return err
		}
		switch {
		case referrers == nil:
			for _, c := range j.have.Columns {
				if !c.Generated {
					from.Columns = append(from.Columns, c.Name)
				}
			}
			if from.Triggers, err = j.db.PartitionTriggers(j.ctx, rest); err != nil {
				return err
			}
		case rows > 0: // whose foreign keys would act when rows leave the default partition
			step.Blocked = referrers
		}
	}
	if rows > 0 {
		step.Risk = schema.Locking
		step.Reason += fmt.Sprintf("; %d of its rows move from the partition %s, which is locked meanwhile", rows, rest)
	}
	step.SQL = j.d.AttachPartition(t, p, from)
	j.steps = append(j.steps, step)
	return nil
}

// referrers lists the foreign keys that refer to the table.
func (j *partitionJob) referrers() (list []string, err error) {
	dependents, err := j.db.Dependents(j.ctx, j.table.Name)
	for _, d := range dependents {
		text := string(d.Sort) + " " + d.Name
		if d.Sort == schema.OfForeignKey && !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	return list, err
}

func (j *partitionJob) detach(name string) error {
	rows, err := j.db.Count(j.ctx, j.d.RowCount(name))
	_, local := schema.SplitName(name)
	j.steps = append(j.steps, schema.Step{Kind: schema.DetachPartition, Table: j.table.Name, Name: local,
		Risk: schema.Locking, Rows: rows,
		Reason: j.table.Name + ": the partition is older than those to keep; it stays as a table of its own, with its rows",
		SQL:    []string{j.d.DetachPartition(j.table, name)}})
	return err
}
