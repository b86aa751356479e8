package schema_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/schema"
)

type (
	tenant struct {
		ID int64    `prom:"key"`
		_  struct{} `prom:"distribute=id"`
	}
	currency struct {
		Code string   `prom:"key"`
		_    struct{} `prom:"distribute=everywhere"`
	}
	project struct {
		Tenant prom.Ref[tenant] `prom:"tenant_id,key"`
		ID     int64            `prom:"key,auto"`
		_      struct{}         `prom:"distribute=tenant_id"`
	}
	outside struct {
		ID int64 `prom:"key"`
	}
)

// Ensure that a model which Citus could not distribute as it says is refused, by what is wrong and what to do.
func TestDistribution_Faults(t *testing.T) {
	t.Parallel()
	for want, model := range map[string]any{
		`there is no column "org"; write everywhere for a reference table, or one of the columns id`: struct {
			ID int64    `prom:"key"`
			_  struct{} `prom:"distribute=org"`
		}{},
		`the model has the option distribute already`: struct {
			ID int64    `prom:"key"`
			_  struct{} `prom:"distribute=id"`
			_  struct{} `prom:"distribute=everywhere"`
		}{},
		`distribute stands alone`: struct {
			ID int64    `prom:"key"`
			_  struct{} `prom:"distribute=id,index=a"`
		}{},
		`distribute is for a blank field _`: struct {
			ID int64 `prom:"key,distribute=id"`
		}{},
		`the column org takes NULL`: struct {
			ID  int64 `prom:"key"`
			Org *int64
			_   struct{} `prom:"distribute=org"`
		}{},
		`the column org cannot be the distribution column`: struct {
			ID  int64    `prom:"key"`
			Org []string `prom:"json"`
			_   struct{} `prom:"distribute=org"`
		}{},
		`the primary key (id) lacks the distribution column org, and PostgreSQL keeps a key unique only within ` +
			`a part of a distributed table; give the field Org the option key`: struct {
			ID  int64 `prom:"key"`
			Org int64
			_   struct{} `prom:"distribute=org"`
		}{},
		`the unique index rows_name lacks the distribution column org`: struct {
			Org  int64    `prom:"key"`
			Name string   `prom:"unique"`
			_    struct{} `prom:"distribute=org"`
		}{},
		`the model is one of a view; distribute the tables behind it`: struct {
			ID int64    `prom:"key"`
			_  struct{} `prom:"view"`
			_  struct{} `prom:"distribute=id"`
		}{},
		`project is distributed by tenant_id, and Citus has foreign keys to it only from tables that are distributed ` +
			`by the same`: struct {
			ID        int64 `prom:"key"`
			TenantID  int64
			ProjectID int64
			Project   prom.CompositeRef[project] `prom:"on='tenant_id, project_id'"`
		}{},
		`outside is not distributed, and Citus has no foreign keys from a distributed table to it`: struct {
			ID      int64 `prom:"key"`
			Outside prom.Ref[outside]
			_       struct{} `prom:"distribute=id"`
		}{},
		`only if the columns by which they are distributed refer to each other: id is to refer to tenant_id`: struct {
			ID        int64 `prom:"key"`
			TenantID  int64
			ProjectID int64
			Project   prom.CompositeRef[project] `prom:"on='tenant_id, project_id'"`
			_         struct{}                   `prom:"distribute=id"`
		}{},
		`onupdate=cascade would change the distribution column tenant_id, which Citus refuses; leave it out`: struct {
			Tenant prom.Ref[tenant] `prom:"tenant_id,key,onupdate=cascade"`
			_      struct{}         `prom:"distribute=tenant_id"`
		}{},
	} {
		is := is.New(t)
		table, err := schema.OfNamed(reflect.TypeOf(model), "rows")
		if err == nil {
			err = table.Check()
		}
		is.True(err != nil)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%v\ndoes not say\n%s", err, want)
		}
	}
}

// Ensure that a foreign key with the distribution column does not follow a key that changes, whose row would move, and
// that all others do as ever.
func TestDistribution_Rules(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	type task struct {
		TenantID  int64 `prom:"key"`
		ID        int64 `prom:"key,auto"`
		ProjectID *int64
		Project   prom.CompositeRef[project] `prom:"on='tenant_id, project_id'"`
		Currency  prom.RefBy[currency, string]
		Due       time.Time
		_         struct{} `prom:"distribute=tenant_id"`
	}
	table, err := schema.OfNamed(reflect.TypeFor[task](), "task")
	is.NoErr(err)
	is.NoErr(table.Check())
	is.Equal(table.Distribution.String(), "tenant_id")
	k := schema.WantedKey(table, table.ForeignKeys[0], true)
	is.Equal(k.OnUpdate+", "+k.OnDelete, "NO ACTION, NO ACTION")
	is.Equal(len(k.SetColumns), 0)
	k = schema.WantedReference(table, table.Column("currency"))
	is.Equal(k.OnUpdate+", "+k.OnDelete, "CASCADE, CASCADE")
}
