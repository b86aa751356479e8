package schema_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom/schema"
)

// Ensure that a model which cannot be partitioned as it says is refused, by what is wrong and what to do.
func TestPartition_Faults(t *testing.T) {
	t.Parallel()
	type key struct {
		ID int64     `prom:"key,auto"`
		At time.Time `prom:"key"`
	}
	for want, model := range map[string]any{
		`tag prom:"partition=month(at),unique=a": partition and partitions stand alone`: struct {
			key
			_ struct{} `prom:"partition=month(at),unique=a"`
		}{},
		`the model has the option partition already`: struct {
			key
			_ struct{} `prom:"partition=month(at)"`
			_ struct{} `prom:"partition=day(at)"`
		}{},
		`partition=months(at): write day(column), week(column), month(column), year(column), or hash(column)`: struct {
			key
			_ struct{} `prom:"partition=months(at)"`
		}{},
		`partition=month: write day(column)`: struct {
			key
			_ struct{} `prom:"partition=month"`
		}{},
		`there is no column "when"; the columns are id, at`: struct {
			key
			_ struct{} `prom:"partition=month(when)"`
		}{},
		`the column other takes NULL`: struct {
			key
			Other *time.Time
			_     struct{} `prom:"partition=month(other)"`
		}{},
		`month needs a time.Time, not the column id of type int64`: struct {
			key
			_ struct{} `prom:"partition=month(id)"`
		}{},
		`hash needs the number of partitions, from 1 to 1024: partition=hash(id),partitions=8`: struct {
			key
			_ struct{} `prom:"partition=hash(id)"`
		}{},
		`partitions=0`: struct {
			key
			_ struct{} `prom:"partition=hash(id),partitions=0"`
		}{},
		`partitions is for hash alone`: struct {
			key
			_ struct{} `prom:"partition=month(at),partitions=8"`
		}{},
		`partitions needs the option partition=hash(column)`: struct {
			key
			_ struct{} `prom:"partitions=8"`
		}{},
		`field At: tag prom:"key,partition=month(at)": partition is for a blank field _`: struct {
			ID int64     `prom:"key,auto"`
			At time.Time `prom:"key,partition=month(at)"`
		}{},
		`the primary key (id) lacks the partition column at, and PostgreSQL keeps a key unique only within ` +
			`a part of a partitioned table; give the field At the option key`: struct {
			ID int64 `prom:"key,auto"`
			At time.Time
			_  struct{} `prom:"partition=month(at)"`
		}{},
		`the unique index rows_name lacks the partition column at, and PostgreSQL keeps values unique only within ` +
			"a part of a partitioned table; add the column to it, as in _ struct{} `prom:\"unique=name,on='name, at'\"`, " +
			"or make it an index that is not unique": struct {
			key
			Name string   `prom:"unique"`
			_    struct{} `prom:"partition=month(at)"`
		}{},
		`the model is one of a view, which has no partitions`: struct {
			key
			_ struct{} `prom:"view"`
			_ struct{} `prom:"partition=month(at)"`
		}{},
	} {
		is := is.New(t)
		_, err := schema.OfNamed(reflect.TypeOf(model), "rows")
		is.True(err != nil)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say\n%s", err, want)
		}
	}
}

// Ensure that periods begin at midnight UTC, weeks on Monday, and that names tell the first day.
func TestPartition_Periods(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	table, err := schema.OfNamed(reflect.TypeFor[struct {
		At time.Time `prom:"key"`
		_  struct{}  `prom:"partition=month(at)"`
	}](), "billing.rows")
	is.NoErr(err)
	east := time.FixedZone("east", 14*60*60)
	for by, want := range map[schema.PartitionBy][2]string{
		schema.ByDay: {"20231231", "20240101"}, schema.ByWeek: {"20231225", "20240101"},
		schema.ByMonth: {"20231201", "20240101"}, schema.ByYear: {"20230101", "20240101"},
	} {
		p := *table
		p.Partition = &schema.Partitioning{By: by, Column: table.Columns[0]}
		parts := p.Parts(time.Date(2024, 1, 1, 13, 59, 59, 999, east)) // the day before, in UTC
		is.Equal(len(parts), 3)
		is.Equal([2]string{parts[1].Name, parts[2].Name}, [2]string{"billing.rows_" + want[0], "billing.rows_" + want[1]})
		is.True(parts[1].To.Equal(parts[2].From))
		is.Equal(p.Partition.Start(parts[2].From), parts[2].From)
		found := schema.FoundPartition{From: parts[1].From.UnixMicro(), To: parts[1].To.UnixMicro()}
		start, ok := found.Starts(p.Partition)
		is.True(ok && start.Equal(parts[1].From) && found.Overlaps(parts[1]) && !found.Overlaps(parts[2]))
		found.To++
		_, ok = found.Starts(p.Partition)
		is.True(!ok && found.Overlaps(parts[2]))
	}
	is.True(table.IsPart("billing.rows_20240101") && table.IsPart("billing.rows_default") &&
		!table.IsPart("rows_20240101") && !table.IsPart("billing.rows") && !table.IsPart("billing.rows_other"))
	long, err := table.WithName("rows" + strings.Repeat("x", 58))
	is.NoErr(err)
	is.True(long.IsPart(long.DefaultPartition().Name) && long.IsPart(long.Period(time.Now().UTC()).Name))
}
