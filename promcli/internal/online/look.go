package online

import (
	"context"
	"fmt"
	"strings"

	"github.com/prom-go/prom/dialect"
)

// Names of what a run makes. Those of indexes and constraints end with the OID of what they replace.
const (
	shadowName  = "prom_alter_new"
	triggerName = "~prom_alter" // behind the table's other triggers, which run in the order of their names
	indexName   = "prom_alter_i"
	checkName   = "prom_alter_c"
	keyName     = "prom_alter_f"
	notNullName = "prom_alter_nn"
	stateName   = "prom_alter"
)

// table is what is known of the table and its column.
type table struct {
	OID        uint32
	Space      string // the schema
	Name       string
	Kind       string
	Partition  bool
	Rules      bool
	Secured    bool // row security applies to us
	Owned      bool
	Estimate   int64 // rows
	Number     int32 // of the column
	Type       string
	Collation  string // quoted, with its schema; "" for that of the type
	NotNull    bool
	NotNullAs  string // the constraint's name, from PostgreSQL 18 on
	Identity   string
	Generated  string
	Default    string
	Comment    string
	Statistics int32
	Options    string
	Shadow     bool // there is a shadow column

	Key         []keyColumn
	Indexes     []index
	Constraints []constraint // CHECKs and foreign keys, of this table and of others that refer to the column
	Sequences   []sequence
	Grants      []grant
	Extended    []extended
	Triggers    []trigger

	made map[string]made // what a run has made by now
}

// sql is the table's name in SQL.
func (t *table) sql() string { return quote(t.Space) + "." + quote(t.Name) }

type keyColumn struct{ Name, Type string }

type index struct {
	OID         uint32
	Name        string
	Uniq        bool
	Valid       bool
	Deferrable  bool
	Exclusion   bool
	Clustered   bool
	Replica     bool
	Tail        string // the definition after "CREATE INDEX … ON … USING "
	Space       string // its tablespace, "" for the default
	Comment     string
	Constraint  string // the name of the constraint that it belongs to, "" for none
	Sort        string // p or u of that constraint
	ConstrainAs string // the comment of that constraint
}

type constraint struct {
	OID      uint32
	Name     string
	Sort     string // c or f, x for an exclusion constraint
	Valid    bool
	Def      string // without NOT VALID
	On       string // the table that it lies on, quoted
	OnID     uint32
	OnKind   string
	OnOwned  bool
	Parent   string // the table that a foreign key refers to, quoted
	ParentID uint32
	Columns  []string // of the table that it lies on
	Referred []string // of the table that it refers to
	Comment  string
	Readded  bool // added again at the swap: it refers to the column
}

type sequence struct {
	Name      string // quoted, with its schema
	Bare      string
	Owned     string // i of an identity column, a of a serial column
	Type      string
	Start     int64
	Increment int64
	Least     int64
	Most      int64
	Cache     int64
	Cycle     bool
	Last      *int64
	Comment   string
	OID       uint32
	Grants    []string
}

type grant struct {
	Role, Privilege string
	Option          bool
}

type extended struct {
	Name, Def, Comment, Owner string // the name quoted, with its schema
}

type trigger struct {
	Name    string
	Update  bool // it runs for the updates of the backfill
	Before  bool // the row, for inserts or updates
	Enabled string
}

type made struct {
	Name  string
	Valid bool
}

// lookTable has one row for the column.
const lookTable = `SELECT c.oid, n.nspname::text AS space, c.relname::text AS name, c.relkind::text AS kind,
	c.relispartition AS partition, c.relhasrules AS rules,
	c.relrowsecurity AND (c.relforcerowsecurity OR NOT pg_catalog.pg_has_role(c.relowner, 'USAGE'))
		AND NOT (SELECT rolbypassrls OR rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) AS secured,
	pg_catalog.pg_has_role(c.relowner, 'USAGE') AS owned, greatest(c.reltuples, 0)::bigint AS estimate,
	a.attnum::int4 AS number, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
	CASE WHEN a.attcollation <> y.typcollation THEN (SELECT quote_ident(cn.nspname) || '.' || quote_ident(co.collname)
		FROM pg_catalog.pg_collation co JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
		WHERE co.oid = a.attcollation) ELSE '' END AS collation,
	a.attnotnull AS notnull, coalesce((SELECT k.conname::text FROM pg_catalog.pg_constraint k
		WHERE k.conrelid = c.oid AND k.contype = 'n' AND k.conkey = ARRAY[a.attnum]), '') AS notnullas,
	a.attidentity::text AS identity, a.attgenerated::text AS generated,
	coalesce(pg_catalog.pg_get_expr(d.adbin, d.adrelid), '') AS default,
	coalesce(pg_catalog.col_description(c.oid, a.attnum), '') AS comment,
	coalesce((to_jsonb(a)->>'attstattarget')::int4, -1) AS statistics,
	coalesce(array_to_string(a.attoptions, ', '), '') AS options,
	EXISTS (SELECT FROM pg_catalog.pg_attribute s WHERE s.attrelid = c.oid AND s.attname = '` + shadowName + `'
		AND NOT s.attisdropped) AS shadow
FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type y ON y.oid = a.atttypid
LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
WHERE c.oid = pg_catalog.to_regclass($1::text) AND a.attname = $2::text`

const lookKey = `SELECT a.attname::text AS name, pg_catalog.format_type(a.atttypid, a.atttypmod) AS type
FROM pg_catalog.pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(attnum, at)
JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = $1::oid AND i.indisprimary AND k.at <= i.indnkeyatts ORDER BY k.at`

// lookIndexes lists those with the column as a key, in INCLUDE, in an expression or in the condition.
const lookIndexes = `SELECT i.indexrelid AS oid, x.relname::text AS name, i.indisunique AS uniq, i.indisvalid AS valid,
	NOT i.indimmediate AS deferrable, i.indisexclusion AS exclusion, i.indisclustered AS clustered,
		i.indisreplident AS replica,
	substr(pg_catalog.pg_get_indexdef(i.indexrelid), 1 + length(format('CREATE %sINDEX %I ON %I.%I USING ',
		CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END, x.relname, n.nspname, c.relname))) AS tail,
	coalesce((SELECT spcname::text FROM pg_catalog.pg_tablespace s WHERE s.oid = x.reltablespace), '') AS space,
	coalesce(obj_description(i.indexrelid, 'pg_class'), '') AS comment, coalesce(k.conname::text, '') AS constraint,
	coalesce(k.contype::text, '') AS sort, coalesce(obj_description(k.oid, 'pg_constraint'), '') AS constrainas
FROM pg_catalog.pg_index i JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
JOIN pg_catalog.pg_class c ON c.oid = i.indrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_constraint k ON k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')
	AND k.conrelid = c.oid
WHERE i.indrelid = $1::oid AND ($2::int2 = ANY (i.indkey) OR EXISTS (SELECT FROM pg_catalog.pg_depend d
	WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = i.indexrelid
		AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = c.oid AND d.refobjsubid = $2::int2))
ORDER BY x.relname`

// lookConstraints lists those of the column, and foreign keys that need an index with the column.
const lookConstraints = `SELECT k.oid, k.conname::text AS name, k.contype::text AS sort, k.convalidated AS valid,
	regexp_replace(pg_catalog.pg_get_constraintdef(k.oid), ' NOT VALID$', '') AS def,
	format('%I.%I', cn.nspname, c.relname) AS on, c.oid AS onid, c.relkind::text AS onkind,
	pg_catalog.pg_has_role(c.relowner, 'USAGE') AS onowned,
	CASE WHEN r.oid IS NULL THEN '' ELSE format('%I.%I', rn.nspname, r.relname) END AS parent, coalesce(r.oid,
		0) AS parentid,
	ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(n, at)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.n ORDER BY u.at) AS columns,
	ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u(n, at)
		JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.n ORDER BY u.at) AS referred,
	coalesce(obj_description(k.oid, 'pg_constraint'), '') AS comment,
	k.contype = 'f' AND (k.confrelid = $1::oid AND k.conindid = ANY ($3::oid[])
		OR coalesce(to_jsonb(k)->'confdelsetcols' @> to_jsonb($2::int2), false)) AS readded
FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid LEFT JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace
WHERE k.contype IN ('c', 'f', 'x') AND k.conparentid = 0 AND (k.conrelid = $1::oid AND $2::int2 = ANY (k.conkey)
	OR k.contype = 'f' AND k.confrelid = $1::oid AND k.conindid = ANY ($3::oid[])) ORDER BY k.conrelid, k.conname`

const lookSequences = `SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relname::text AS bare,
	d.deptype::text AS owned,
	format_type(s.seqtypid, NULL) AS type, s.seqstart AS start, s.seqincrement AS increment, s.seqmin AS least,
	s.seqmax AS most, s.seqcache AS cache, s.seqcycle AS cycle, pg_sequence_last_value(c.oid) AS last,
	coalesce(obj_description(c.oid, 'pg_class'), '') AS comment, c.oid,
	ARRAY(SELECT format('GRANT %s ON SEQUENCE %I.%I TO %s%s', x.privilege_type, n.nspname, c.relname,
		CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END,
		CASE WHEN x.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
		FROM aclexplode(c.relacl) x WHERE x.grantee <> c.relowner ORDER BY 1) AS grants
FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_sequence s ON s.seqrelid = d.objid
JOIN pg_catalog.pg_class c ON c.oid = d.objid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.refclassid = d.classid AND d.refobjid = $1::oid
	AND d.refobjsubid = $2::int4 AND d.deptype IN ('a', 'i') ORDER BY 1`

const lookGrants = `SELECT CASE x.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(x.grantee)) END AS role,
	x.privilege_type AS privilege, x.is_grantable AS option
FROM pg_catalog.pg_attribute a CROSS JOIN LATERAL aclexplode(a.attacl) x
WHERE a.attrelid = $1::oid AND a.attnum = $2::int2 ORDER BY 1, 2`

const lookExtended = `SELECT format('%I.%I', n.nspname, s.stxname) AS name, pg_get_statisticsobjdef(s.oid) AS def,
	coalesce(obj_description(s.oid, 'pg_statistic_ext'), '') AS comment, quote_ident(pg_get_userbyid(s.stxowner)) AS owner
FROM pg_catalog.pg_statistic_ext s JOIN pg_catalog.pg_namespace n ON n.oid = s.stxnamespace
WHERE s.stxrelid = $1::oid AND ($2::int2 = ANY (s.stxkeys) OR EXISTS (SELECT FROM pg_catalog.pg_depend d
	WHERE d.classid = 'pg_catalog.pg_statistic_ext'::regclass AND d.objid = s.oid
		AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid = s.stxrelid AND d.refobjsubid = $2::int4))
			ORDER BY 1`

// The bits of tgtype are in catalog/pg_trigger.h: row 1, before 2, insert 4, update 16.
const lookTriggers = `SELECT g.tgname::text AS name, g.tgtype & 16 <> 0 AND cardinality(g.tgattr) = 0 AS update,
	g.tgtype & 3 = 3 AND g.tgtype & 20 <> 0 AS before, g.tgenabled::text AS enabled
FROM pg_catalog.pg_trigger g WHERE g.tgrelid = $1::oid AND NOT g.tgisinternal AND g.tgenabled <> 'D' ORDER BY 1`

const lookMade = `SELECT x.relname::text AS name, i.indisvalid AS valid FROM pg_catalog.pg_index i
	JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid WHERE i.indrelid = $1::oid AND starts_with(x.relname, '` +
	indexName + `')
UNION ALL SELECT k.conname::text, k.convalidated FROM pg_catalog.pg_constraint k
	WHERE k.conrelid = $1::oid AND starts_with(k.conname, 'prom_alter_')
UNION ALL SELECT '` + shadowName + `', a.attnotnull FROM pg_catalog.pg_attribute a
	WHERE a.attrelid = $1::oid AND a.attname = '` + shadowName + `' AND NOT a.attisdropped
UNION ALL SELECT '` + triggerName + `', g.tgenabled = 'A' FROM pg_catalog.pg_trigger g
	WHERE g.tgrelid = $1::oid AND g.tgname = '` + triggerName + `'`

// look reads the catalog.
func (s *session) look(ctx context.Context) (*table, error) {
	found, err := list[table](ctx, s, lookTable, dialect.QuoteTable(s.req.Table), s.req.Column)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("there is no column %s of a table %s that this user can see", s.req.Column, s.req.Table)
	}
	t := &found[0]
	if t.Key, err = list[keyColumn](ctx, s, lookKey, t.OID); err != nil {
		return nil, err
	}
	if t.Indexes, err = list[index](ctx, s, lookIndexes, t.OID, t.Number); err != nil {
		return nil, err
	}
	var ids []string
	for _, ix := range t.Indexes {
		ids = append(ids, fmt.Sprint(ix.OID))
	}
	if t.Constraints, err = list[constraint](ctx, s, lookConstraints, t.OID, t.Number, "{"+strings.Join(ids,
		",")+"}"); err != nil {
		return nil, err
	}
	if t.Sequences, err = list[sequence](ctx, s, lookSequences, t.OID, t.Number); err != nil {
		return nil, err
	}
	if t.Grants, err = list[grant](ctx, s, lookGrants, t.OID, t.Number); err != nil {
		return nil, err
	}
	if t.Extended, err = list[extended](ctx, s, lookExtended, t.OID, t.Number); err != nil {
		return nil, err
	}
	if t.Triggers, err = list[trigger](ctx, s, lookTriggers, t.OID); err != nil {
		return nil, err
	}
	have, err := list[made](ctx, s, lookMade, t.OID)
	t.made = map[string]made{}
	for _, m := range have {
		t.made[m.Name] = m
	}
	return t, err
}

// tables lists the tables that an alteration locks: the table, and those that foreign keys of the column join it with.
func (t *table) tables() (names []string, oids []uint32) {
	names, oids = []string{t.sql()}, []uint32{t.OID}
	seen := map[uint32]bool{t.OID: true}
	add := func(name string, oid uint32) {
		if name != "" && !seen[oid] {
			seen[oid] = true
			names, oids = append(names, name), append(oids, oid)
		}
	}
	for _, c := range t.Constraints {
		add(c.On, c.OnID)
		add(c.Parent, c.ParentID)
	}
	return names, oids
}
