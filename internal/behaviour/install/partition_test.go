package install_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/audit"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

type (
	// Metric is partitioned by months.
	Metric struct {
		_     struct{}  `prom:"partition=month(at)"`
		_     struct{}  `prom:"unique=name_at,on='name, at'"`
		ID    int64     `prom:"key,auto"`
		At    time.Time `prom:"key"`
		Name  string    `prom:"max=20"`
		Value int64     `prom:"index,default=7"`
		Twice int64     `prom:"generated='value * 2'"`
		Notes prom.Many[MetricNote]
	}
	// MetricNote refers to a metric.
	MetricNote struct {
		prom.Model
		MetricID int64
		MetricAt time.Time
		Metric   prom.CompositeRef[Metric] `prom:"on='metric_id, metric_at'"`
	}
)

var (
	metric      = prom.Proto[Metric]()
	metricName  = prom.TextOf(metric, &metric.Name)
	metricAt    = prom.TimeOf(metric, &metric.At)
	metricValue = prom.NumberOf(metric, &metric.Value)
	metricNotes = prom.ManyOf(metric, &metric.Notes)
	metricNote  = prom.Proto[MetricNote]()
	noteMetric  = prom.CompositeRefOf(metricNote, &metricNote.Metric)
)

// month returns the beginning of a month, by its distance from the current one.
func month(n int) time.Time {
	now := time.Now().UTC()
	return time.Date(now.Year(), now.Month()+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
}

func part(table string, start time.Time) string { return table + start.Format("_20060102") }

// partsOf lists the partitions of a table with their numbers of rows.
func partsOf(t *testing.T, db *prom.DB, table string) map[string]int {
	t.Helper()
	rows, err := kit.SQLDB(t, db).Query(
		`SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = to_regclass($1)`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close() //nolint:errcheck // read to the end
	parts := map[string]int{}
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		parts[name] = 0
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	for name := range parts {
		parts[name] = kit.ScanOne[int](t, db, "SELECT count(*) FROM "+name)
	}
	return parts
}

// job runs what Partitions plans.
func job(t *testing.T, repo prom.AnyRepo, options ...prom.PartitionOption) (done []prom.Step) {
	t.Helper()
	plan, err := prom.Partitions(context.Background(), repo, options...)
	if err != nil {
		t.Fatal(err)
	}
	done, err = prom.Apply(context.Background(), plan, prom.Additive, prom.Locking)
	if err != nil {
		t.Fatal(err)
	}
	if len(done) != len(plan.Steps) {
		t.Fatalf("%d steps of %s", len(done), plan)
	}
	return done
}

// Ensure that a model which is partitioned is stored as an ordinary one is, by each kind of write, on both engines; and
// that the table has a default partition and those of this month and the next one, which plans know.
func TestPartition(t *testing.T) {
	t.Parallel()
	dbtest.EachMode(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		repo, notes := prom.NewRepo[Metric](prom.Using(db)), prom.NewRepo[MetricNote](prom.Using(db))
		plan, err := prom.Plan(ctx, repo, notes)
		is.NoErr(err)
		is.Equal(strings.Contains(plan.String(), "PARTITION"), e.Name == dbtest.NamePostgres)

		a := Metric{At: month(0), Name: "a", Value: 1}
		is.NoErr(repo.Create(ctx, &a))
		is.Equal(a.Twice, int64(2))
		list := make([]Metric, kit.ByCopy+1)
		for i := range list {
			list[i] = Metric{At: month(-2 + i%5).Add(time.Duration(i) * time.Second), Name: "b", Value: int64(i)}
		}
		is.NoErr(repo.CreateMany(ctx, list))
		total := len(list) + 1
		if e.Name == dbtest.NamePostgres {
			parts := partsOf(t, db, "metric")
			is.Equal(len(parts), 3)
			is.True(parts["metric_default"] > 0 && parts[part("metric", month(0))] > 0 && parts[part("metric", month(1))] > 0)
			is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM metric"), total)
		}
		err = repo.Create(ctx, &Metric{At: a.At, Name: "a"})
		var failed *prom.Error
		is.True(errors.Is(err, prom.ErrUnique) && errors.As(err, &failed))
		is.Equal(failed.Table, "metric")
		is.Equal(failed.Constraint, "metric_name_at")
		is.Equal(failed.Columns, []string{"name", "at"})
		_, err = repo.Where(metricName.Eq("a")).Update(ctx, metricName.Set(strings.Repeat("x", 21)))
		is.True(errors.Is(err, prom.ErrValidation))

		a.Value = 5
		is.NoErr(repo.Save(ctx, &a))
		outcome, err := repo.OnConflict(metricName, metricAt).Update(metricValue.Add(3)).
			Create(ctx, &Metric{At: a.At, Name: "a"})
		is.NoErr(err)
		is.Equal(outcome, prom.Updated)
		got, err := repo.Get(ctx, a.ID, a.At)
		is.NoErr(err)
		is.Equal(got.Value, int64(8))
		is.NoErr(repo.Upsert(ctx, got))
		is.NoErr(notes.Create(ctx, &MetricNote{MetricID: a.ID, MetricAt: a.At}))
		is.True(errors.Is(notes.Create(ctx, &MetricNote{MetricID: -1, MetricAt: a.At}), prom.ErrForeignKey))
		rows, err := repo.Where(metricName.Eq("a"), metricNotes.Has()).With(metricNotes).All(ctx)
		is.NoErr(err)
		is.Equal(len(rows[0].Notes.Rows()), 1)
		of, err := notes.Query().With(noteMetric).One(ctx)
		is.NoErr(err)
		_, loaded := of.Metric.Get()
		is.True(loaded)

		is.NoErr(prom.Check(ctx, repo, notes))
		plan, err = prom.Plan(ctx, repo, notes)
		is.NoErr(err)
		is.Equal(plan.String(), "nothing to do")
		n, err := repo.Query().Count(ctx)
		is.NoErr(err)
		is.Equal(int(n), total)
	})
}

// Ensure that the job makes the partitions ahead, moves rows that the default partition has of them, and detaches old
// ones with their rows; that it can be seen before, and has nothing to do afterwards, nor on SQLite.
func TestPartitions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		repo := prom.NewRepo[Metric](prom.Using(db))
		plan, err := prom.Partitions(ctx, repo)
		is.NoErr(err)
		is.True(plan.Empty()) // there is no table
		for n := -4; n < 4; n++ {
			is.NoErr(repo.Create(ctx, &Metric{At: month(n), Name: fmt.Sprint(n)}))
			is.NoErr(repo.Create(ctx, &Metric{At: month(n + 1).Add(-time.Microsecond), Name: "end of " + fmt.Sprint(n)}))
		}
		plan, err = prom.Partitions(ctx, repo, prom.Ahead(3), prom.Keep(2))
		is.NoErr(err)
		if e.Name == dbtest.NameSQLite {
			is.True(plan.Empty())
			return
		}
		kinds := map[string]prom.Risk{}
		for _, s := range plan.Steps {
			is.Equal(s.Kind, prom.StepCreatePartition)
			is.Equal(s.Rows, int64(2))
			kinds[s.Name] = s.Risk
		}
		is.Equal(kinds, map[string]prom.Risk{part("metric", month(-2)): prom.Locking, part("metric", month(-1)): prom.Locking,
			part("metric", month(2)): prom.Locking, part("metric", month(3)): prom.Locking})
		done, err := prom.Apply(ctx, plan) // nothing is additive
		is.NoErr(err)
		is.Equal(len(done), 0)
		is.Equal(len(partsOf(t, db, "metric")), 3)

		is.Equal(len(job(t, repo, prom.Ahead(3), prom.Keep(2))), 4)
		parts := partsOf(t, db, "metric")
		is.Equal(len(parts), 7)
		is.Equal(parts["metric_default"], 4) // older than those to keep
		for n := -2; n < 4; n++ {
			is.Equal(parts[part("metric", month(n))], 2)
		}
		is.Equal(len(job(t, repo, prom.Ahead(3), prom.Keep(2))), 0)
		is.Equal(len(job(t, repo)), 2) // the older ones too, when none ends
		is.Equal(partsOf(t, db, "metric")["metric_default"], 0)
		steps := job(t, repo, prom.Ahead(5), prom.Keep(1))
		is.Equal(len(steps), 5)
		is.Equal(steps[0].Risk, prom.Additive)
		is.Equal(steps[len(steps)-1].Kind, prom.StepDetachPartition)
		is.Equal(len(kit.AllOf(t, repo)), 10)
		is.Equal(kit.ScanOne[int](t, db, "SELECT count(*) FROM "+part("metric", month(-4))), 2)
		// It is found, and has the rules of the table.
		is.NoErr(repo.Create(ctx, &Metric{At: month(5), Name: "last"}))
		is.Equal(partsOf(t, db, "metric")[part("metric", month(5))], 1)
		is.True(errors.Is(repo.Create(ctx, &Metric{At: month(5), Name: "last"}), prom.ErrUnique))
		is.NoErr(prom.Check(ctx, repo))
		plan, err = prom.Plan(ctx, repo)
		is.NoErr(err)
		is.Equal(plan.String(), "nothing to do")
		// A name that the database has for something else is told.
		is.Equal(len(job(t, repo, prom.Ahead(5), prom.Keep(0))), 1)
		is.NoErr(repo.Create(ctx, &Metric{At: month(-1), Name: "again"}))
		plan, err = prom.Partitions(ctx, repo, prom.Keep(2))
		is.NoErr(err)
		is.Equal(len(plan.Steps), 1)
		is.Equal(plan.Steps[0].Kind, prom.StepByHand)
		is.True(strings.Contains(plan.Steps[0].Reason, part("metric", month(-1))+" exists, which is no partition of it"))
		for _, bad := range []prom.PartitionOption{prom.Ahead(-1), prom.Keep(-1)} {
			_, err = prom.Partitions(ctx, repo, bad)
			is.True(errors.Is(err, prom.ErrValidation))
		}
		_, err = prom.Partitions(ctx, kit.Things(db))
		is.True(errors.Is(err, prom.ErrValidation))
	})
}

// Ensure that rows which others refer to stay in the default partition, since their foreign keys would act, and that
// the step says what to do; and that a partition whose rows are referred to is not detached.
func TestPartitions_Referred(t *testing.T) {
	t.Parallel()
	is, ctx := is.New(t), context.Background()
	db := kit.Open(t, dbtest.Postgres(t))
	repo, notes := prom.NewRepo[Metric](prom.Using(db)), prom.NewRepo[MetricNote](prom.Using(db))
	m := Metric{At: month(-1), Name: "a"}
	is.NoErr(repo.Create(ctx, &m))
	is.NoErr(notes.Create(ctx, &MetricNote{MetricID: m.ID, MetricAt: m.At}))
	plan, err := prom.Partitions(ctx, repo, prom.Ahead(2))
	is.NoErr(err)
	is.Equal(len(plan.Steps), 2)
	is.Equal(plan.Steps[0].Blocked, []string{"foreign key metric_note_metric_id_metric_at_fkey of metric_note"})
	done, err := prom.Apply(ctx, plan, prom.Additive, prom.Locking)
	is.True(errors.Is(err, prom.ErrDrift))
	is.Equal(len(done), 1) // ahead
	is.Equal(len(kit.AllOf(t, notes)), 1)
	is.Equal(partsOf(t, db, "metric")["metric_default"], 1)

	kit.RunSQL(t, db, "ALTER TABLE metric_note DROP CONSTRAINT metric_note_metric_id_metric_at_fkey")
	is.Equal(len(job(t, repo)), 1)
	kit.RunSQL(t, db, "ALTER TABLE metric_note ADD FOREIGN KEY (metric_id, metric_at) REFERENCES metric ON DELETE CASCADE")
	plan, err = prom.Partitions(ctx, repo, prom.Keep(0))
	is.NoErr(err)
	is.Equal(len(plan.Steps), 1)
	_, err = prom.Apply(ctx, plan, prom.Locking)
	is.True(errors.Is(err, prom.ErrForeignKey))
	is.True(strings.Contains(err.Error(), "rows of the partition are referred to"))
	is.Equal(len(kit.AllOf(t, notes)), 1)
	is.NoErr(notes.Delete(ctx, &kit.AllOf(t, notes)[0]))
	is.Equal(len(job(t, repo, prom.Keep(0))), 1)
}

// Visit is partitioned by weeks of dates, and audited.
type Visit struct {
	_   struct{}  `prom:"partition=week(day)"`
	_   struct{}  `prom:"audit"`
	ID  prom.UUID `prom:"key,auto"`
	Day time.Time `prom:"key,date"`
}

// Ensure that weeks begin on Monday, whatever the time zone of the session is, and that rows which move to another
// partition are no changes to the audit log.
func TestPartitions_Audited(t *testing.T) {
	t.Parallel()
	is, ctx := is.New(t), context.Background()
	e := dbtest.Engine{Name: dbtest.NamePostgres, DSN: dbtest.Postgres(t)}
	db := kit.Open(t, e.With("timezone=Pacific/Kiritimati"))
	repo, entries := prom.NewRepo[Visit](prom.Using(db)), prom.NewRepo[audit.Entry](prom.Using(db))
	monday := time.Now().UTC().Truncate(24 * time.Hour)
	for monday.Weekday() != time.Monday {
		monday = monday.AddDate(0, 0, -1)
	}
	for _, day := range []int{-8, -7, -1, 0, 6, 7, 13, 14} {
		is.NoErr(repo.Create(ctx, &Visit{Day: monday.AddDate(0, 0, day)}))
	}
	is.Equal(partsOf(t, db, "visit"), map[string]int{"visit_default": 4, part("visit", monday): 2,
		part("visit", monday.AddDate(0, 0, 7)): 2})
	before := len(kit.AllOf(t, entries))
	is.Equal(before, 8)
	is.Equal(len(job(t, repo, prom.Ahead(2), prom.Keep(1))), 2)
	is.Equal(partsOf(t, db, "visit"), map[string]int{"visit_default": 1, part("visit", monday): 2,
		part("visit", monday.AddDate(0, 0, 7)): 2, part("visit", monday.AddDate(0, 0, -7)): 2,
		part("visit", monday.AddDate(0, 0, 14)): 1})
	is.Equal(len(kit.AllOf(t, entries)), before)
	for _, v := range kit.AllOf(t, repo) { // in each of them
		is.NoErr(repo.Delete(ctx, &v))
	}
	is.Equal(len(kit.AllOf(t, entries)), before+8)
}

// Bucket is partitioned by the hash of its key.
type Bucket struct {
	_ struct{} `prom:"partition=hash(_id),partitions=3"`
	prom.UUIDModel
	Name string
}

// BucketItem refers to a bucket.
type BucketItem struct {
	prom.Model
	Bucket prom.RefBy[Bucket, prom.UUID]
}

// Ensure that a table is partitioned by a hash, is referred to, and that there is nothing for the job to do.
func TestPartition_Hash(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is, ctx := is.New(t), context.Background()
		db := kit.Open(t, e.DSN)
		repo, items := prom.NewRepo[Bucket](prom.Using(db)), prom.NewRepo[BucketItem](prom.Using(db))
		for range 30 {
			b := Bucket{Name: "b"}
			is.NoErr(repo.Create(ctx, &b))
			is.NoErr(items.Create(ctx, &BucketItem{Bucket: prom.RefByTo[prom.UUID](&b)}))
			b.Name = "c"
			is.NoErr(repo.Save(ctx, &b))
		}
		if e.Name == dbtest.NamePostgres {
			is.Equal(len(partsOf(t, db, "bucket")), 3)
		}
		is.Equal(len(kit.AllOf(t, repo)), 30)
		is.Equal(len(job(t, repo, prom.Keep(1))), 0)
		plan, err := prom.Plan(ctx, repo, items)
		is.NoErr(err)
		is.Equal(plan.String(), "nothing to do")
	})
}

// Ensure that a table which is an ordinary one, or is partitioned in another way, is left as it is and told; and that
// partitions of others are kept, and take the rows of their periods.
func TestPartition_Others(t *testing.T) {
	t.Parallel()
	is, ctx := is.New(t), context.Background()
	const columns = "(id bigserial, at timestamp NOT NULL, PRIMARY KEY (id, at))"
	for name, tt := range map[string]struct {
		texts []string
		told  []string
		steps int
	}{
		"ordinary": {[]string{"CREATE TABLE sample " + columns},
			[]string{"sample: partition key: definition is none (prom would create RANGE (\"at\"))"}, 0},
		"list": {[]string{"CREATE TABLE sample " + columns + " PARTITION BY LIST (at)",
			"CREATE TABLE part PARTITION OF sample DEFAULT"},
			[]string{"sample: partition key: definition is LIST (at) (prom would create RANGE (\"at\"))",
				"sample: partitions 1 tables is extra"}, 0},
		"years": {[]string{"CREATE TABLE sample " + columns + " PARTITION BY RANGE (at)",
			"CREATE TABLE old PARTITION OF sample FOR VALUES FROM (MINVALUE) TO ('2020-01-01')",
			fmt.Sprintf("CREATE TABLE year PARTITION OF sample FOR VALUES FROM ('%d-01-01') TO ('%d-01-01')",
				time.Now().UTC().Year(), time.Now().UTC().Year()+1),
			"CREATE TABLE month PARTITION OF sample FOR VALUES FROM ('2020-01-01') TO ('2020-02-01')"}, nil, 2},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			db := kit.Open(t, dbtest.Postgres(t))
			kit.RunSQL(t, db, tt.texts...)
			repo := prom.NewRepo[Sample](prom.Using(db))
			is.NoErr(repo.Create(ctx, &Sample{At: time.Now()}))
			plan, err := prom.Plan(ctx, repo)
			is.NoErr(err)
			is.Equal(len(plan.Steps), 0)
			var told []string
			for _, d := range plan.NotModelled {
				if d.Aspect != "type" { // of the column at
					told = append(told, d.Error())
				}
			}
			is.Equal(told, tt.told)
			is.NoErr(prom.Check(ctx, repo))
			// The months of this year have a partition, so what is ahead lies in the next one.
			plan, err = prom.Partitions(ctx, repo, prom.Ahead(13-int(time.Now().UTC().Month())), prom.Keep(12))
			is.NoErr(err)
			is.Equal(len(plan.Steps), tt.steps)
			is.Equal(len(plan.NotModelled), min(len(tt.told), 1))
			done, err := prom.Apply(ctx, plan, prom.Additive, prom.Locking)
			is.NoErr(err)
			is.Equal(len(done), tt.steps)
			if tt.steps > 0 {
				parts := partsOf(t, db, "sample")
				_, month := parts["month"]
				_, old := parts["old"]
				is.True(!month && old)
			}
		})
	}
}

// Sample is partitioned by months.
type Sample struct {
	_  struct{}  `prom:"partition=month(at)"`
	ID int64     `prom:"key,auto"`
	At time.Time `prom:"key"`
}

// Ensure that installers and jobs which run at the same moment, beside writers, are one after the other: each partition
// is made once, and no row is lost.
func TestPartitions_Race(t *testing.T) {
	t.Parallel()
	is, ctx := is.New(t), context.Background()
	dsn := dbtest.Postgres(t)
	const writers, each = 4, 20
	is.NoErr(kit.Together(writers+3, func(i int) error {
		db, err := new(prom.Registry).Open(dsn)
		if err != nil {
			return err
		}
		defer db.Close() //nolint:errcheck // the test's own
		repo := prom.NewRepo[Metric](prom.Using(db))
		for n := range each {
			if i < writers {
				at := month(rand.IntN(8) - 4).Add(time.Duration(n) * time.Second)
				err = repo.Create(ctx, &Metric{At: at, Name: fmt.Sprint(i, n)})
			} else {
				var plan *prom.SchemaPlan
				if plan, err = prom.Partitions(ctx, repo, prom.Ahead(3)); err == nil {
					_, err = prom.Apply(ctx, plan, prom.Additive, prom.Locking)
				}
				if n > 4 {
					return err
				}
			}
			if err != nil {
				return err
			}
		}
		return nil
	}))
	db := kit.Open(t, dsn)
	repo := prom.NewRepo[Metric](prom.Using(db))
	is.Equal(len(kit.AllOf(t, repo)), writers*each)
	job(t, repo, prom.Ahead(3))
	parts := partsOf(t, db, "metric")
	is.Equal(parts["metric_default"], 0)
	is.Equal(len(parts), 9)
}
