package query_test

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata" // zones, wherever the tests run

	"github.com/prom-go/prom"
)

func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// Ensure that durations are added to instants, and found between them, exactly.
func TestDurations(t *testing.T) {
	t.Parallel()
	row := Reading{At: at("2024-03-31T00:59:59.999999Z"), Day: at("2024-02-29T00:00:00Z"), Lasts: -90*time.Minute - 1500,
		Opens: 36 * time.Minute, N: 3}
	none := prom.Null[time.Time](reading)
	each(t, []Reading{row}, map[string]struct {
		shown shown
		want  string
	}{
		"constant": {show(prom.PlusDuration(ReadingAt, constant(time.Microsecond))), "2024-03-31T01:00:00Z"},
		// cut to microseconds
		"column": {show(prom.PlusDuration(ReadingAt, ReadingLasts)), "2024-03-30T23:29:59.999998Z"},
		"minus":  {show(prom.PlusDuration(ReadingAt, prom.Neg(ReadingLasts))), "2024-03-31T02:30:00Z"},
		"clock":  {show(prom.PlusDuration(ReadingDay, ReadingOpens)), "2024-02-29T00:36:00Z"},
		"day":    {show(prom.PlusDuration(ReadingDay, constant(24*time.Hour))), "2024-03-01T00:00:00Z"},
		"long": {show(prom.PlusDuration(constant(at("2024-01-01T00:00:00Z")),
			constant(time.Duration(math.MaxInt64)))), "2316-04-11T23:47:16.854775Z"},
		"long ago": {show(prom.PlusDuration(constant(at("2024-01-01T00:00:00.000001Z")),
			constant(time.Duration(math.MinInt64)))), "1731-09-22T00:12:43.145226Z"},
		"null":          {show(prom.PlusDuration(ReadingDue, ReadingLasts)), "NULL"},
		"null duration": {show(prom.PlusDuration(ReadingAt, prom.Null[time.Duration](reading))), "NULL"},
		"sum": {show(prom.PlusDuration(ReadingAt, prom.Plus(ReadingLasts, ReadingLasts))),
			"2024-03-30T21:59:59.999996Z"},
		"between":      {show(prom.DurationBetween(ReadingDay, ReadingAt)), "744h59m59.999999s"},
		"between back": {show(prom.DurationBetween(ReadingAt, ReadingDay)), "-744h59m59.999999s"},
		"between same": {show(prom.DurationBetween(ReadingAt, ReadingAt)), "0s"},
		"between long": {show(prom.DurationBetween(constant(at("1732-01-01T00:00:00Z")),
			constant(at("2024-01-01T00:00:00.000001Z")))), "2559624h0m0.000001s"},
		"between too far": {show(prom.DurationBetween(constant(at("1700-01-01T00:00:00Z")), ReadingAt)), "type"},
		"between null":    {show(prom.DurationBetween(none, ReadingAt)), "NULL"},
		"days":            {show(prom.PlusDays(ReadingDay, ReadingN)), "2024-03-03T00:00:00Z"},
		"days back":       {show(prom.PlusDays(ReadingDay, constant(-60))), "2023-12-31T00:00:00Z"},
		"days of instant": {show(prom.PlusDays(ReadingAt, constant(int8(1)))), "2024-04-01T00:59:59.999999Z"},
		"days null":       {show(prom.PlusDays(ReadingDay, prom.Null[int](reading))), "NULL"},
		"days too many":   {show(prom.PlusDays(ReadingDay, constant(int64(1)<<40))), "type"},
		"months":          {show(prom.PlusMonths(ReadingDay, constant(12))), "2025-02-28T00:00:00Z"},
		"months leap":     {show(prom.PlusMonths(ReadingDay, constant(48))), "2028-02-29T00:00:00Z"},
		"months back":     {show(prom.PlusMonths(ReadingDay, constant(-2))), "2023-12-29T00:00:00Z"},
		"months instant":  {show(prom.PlusMonths(ReadingAt, constant(1))), "2024-04-30T00:59:59.999999Z"},
		"days between":    {show(prom.DaysBetween(ReadingDay, ReadingAt)), "31"},
		"days back again": {show(prom.DaysBetween(ReadingAt, ReadingDay)), "-31"},
		"days of null":    {show(prom.DaysBetween(ReadingDue, ReadingDay)), "NULL"},
		"date":            {show(prom.Date(ReadingAt)), "2024-03-31T00:00:00Z"},
		"date of day":     {show(prom.Date(ReadingDay)), "2024-02-29T00:00:00Z"},
		"too late":        {show(prom.PlusDuration(constant(at("9999-12-31T00:00:00Z")), constant(48*time.Hour))), "type"},
		"too early": {show(prom.PlusDuration(constant(at("0001-01-01T00:00:00Z")), constant(-time.Microsecond))),
			"type"},
		"earliest": {show(prom.PlusDuration(constant(at("0001-01-01T00:00:01Z")), constant(-time.Second))),
			"0001-01-01T00:00:00Z"},
		"latest month": {show(prom.PlusMonths(constant(at("9999-11-30T23:59:59.999999Z")), constant(1))),
			"9999-12-30T23:59:59.999999Z"},
		"latest": {show(prom.PlusDays(prom.Date(constant(at("9999-12-30T00:00:00Z"))), constant(1))),
			"9999-12-31T00:00:00Z"},
		"later day":      {show(prom.PlusDays(prom.Date(constant(at("9999-12-30T00:00:00Z"))), constant(2))), "type"},
		"later month":    {show(prom.PlusMonths(prom.Date(constant(at("9999-12-30T00:00:00Z"))), constant(1))), "type"},
		"too late a day": {show(prom.PlusDays(constant(at("9999-12-31T00:00:00Z")), constant(2))), "type"},
	})
}

// Ensure that instants are cut and taken apart in zones, also at the hours that come twice or never.
func TestInZone(t *testing.T) {
	t.Parallel()
	berlin, havana, apia, lordHowe, paulo := zone("Europe/Berlin"), zone("America/Havana"), zone("Pacific/Apia"), zone("Australia/Lord_Howe"), zone("America/Sao_Paulo")
	in := func(s string, loc *time.Location) prom.Expr[*Reading, time.Time] {
		return prom.InZone(constant(at(s)), loc)
	}
	spring, fall := "2024-03-31T00:59:59Z", "2024-10-27T01:30:15.5Z" // the second 02:30 of that night in Berlin
	row := Reading{At: at(fall), Day: at("2024-12-30T00:00:00Z"), N: 1}
	tests := map[string]struct {
		shown shown
		want  string
	}{
		"hour":              {show(prom.Hour(in(spring, berlin))), "1"},
		"hour after":        {show(prom.Hour(in("2024-03-31T01:00:00Z", berlin))), "3"},
		"hour of column":    {show(prom.Hour(prom.InZone(ReadingAt, berlin))), "2"},
		"hour in UTC":       {show(prom.Hour(prom.InZone(ReadingAt, nil))), "1"},
		"last zone":         {show(prom.Hour(prom.InZone(prom.InZone(ReadingAt, apia), time.UTC))), "1"},
		"fixed":             {show(prom.Minute(prom.InZone(ReadingAt, time.FixedZone("CET", -3600-1800)))), "0"},
		"fixed east":        {show(prom.Hour(prom.InZone(ReadingAt, time.FixedZone("", 5*3600+1800)))), "7"},
		"fixed 0":           {show(prom.Hour(prom.InZone(ReadingAt, time.FixedZone("", 0)))), "1"},
		"second":            {show(prom.Second(prom.InZone(ReadingAt, berlin))), "15"},
		"day of week":       {show(prom.DayOfWeek(in("2024-12-29T23:00:00Z", berlin))), "1"},
		"day of year":       {show(prom.DayOfYear(in("2024-12-31T23:00:00Z", berlin))), "1"},
		"year":              {show(prom.Year(in("2024-12-31T23:00:00Z", berlin))), "2025"},
		"quarter":           {show(prom.Quarter(in("2024-03-31T22:00:00Z", berlin))), "2"},
		"month":             {show(prom.Month(in("2024-03-31T21:59:59Z", berlin))), "3"},
		"week":              {show(prom.Week(in("2024-12-29T23:00:00Z", berlin))), "1"},
		"ISO year":          {show(prom.ISOYear(in("2024-12-29T23:00:00Z", berlin))), "2025"},
		"ISO year in UTC":   {show(prom.ISOYear(constant(at("2024-12-29T23:00:00Z")))), "2024"},
		"ISO year of a day": {show(prom.ISOYear(ReadingDay)), "2025"},
		"week of a day":     {show(prom.Week(ReadingDay)), "1"},
		"local mean time":   {show(prom.Second(in("1850-01-01T00:00:00Z", berlin))), "28"},
		"skipped day":       {show(prom.Day(in("2011-12-30T10:00:00Z", apia))), "31"},
		"null":              {show(prom.Hour(prom.InZone(ReadingDue, berlin))), "NULL"},
		"date":              {show(prom.Date(in("2024-12-31T23:00:00Z", berlin))), "2025-01-01T00:00:00Z"},
		"same instant":      {show(prom.InZone(ReadingAt, berlin)), "2024-10-27T01:30:15.5Z"},

		"trunc year":       {show(prom.Trunc(prom.InZone(ReadingAt, berlin), prom.UnitYear)), "2023-12-31T23:00:00Z"},
		"trunc quarter":    {show(prom.Trunc(in("2024-08-15T00:00:00Z", berlin), prom.UnitQuarter)), "2024-06-30T22:00:00Z"},
		"trunc month":      {show(prom.Trunc(prom.InZone(ReadingAt, berlin), prom.UnitMonth)), "2024-09-30T22:00:00Z"},
		"trunc week":       {show(prom.Trunc(prom.InZone(ReadingAt, berlin), prom.UnitWeek)), "2024-10-20T22:00:00Z"},
		"trunc day":        {show(prom.Trunc(prom.InZone(ReadingAt, berlin), prom.UnitDay)), "2024-10-26T22:00:00Z"},
		"trunc day spring": {show(prom.Trunc(in("2024-03-31T12:00:00Z", berlin), prom.UnitDay)), "2024-03-30T23:00:00Z"},
		"trunc hour":       {show(prom.Trunc(prom.InZone(ReadingAt, berlin), prom.UnitHour)), "2024-10-27T01:00:00Z"},
		"trunc hour first": {show(prom.Trunc(in("2024-10-27T00:30:00Z", berlin), prom.UnitHour)), "2024-10-27T00:00:00Z"},
		"trunc hour half":  {show(prom.Trunc(in("2024-07-01T00:10:00Z", lordHowe), prom.UnitHour)), "2024-06-30T23:30:00Z"},
		"trunc minute":     {show(prom.Trunc(prom.InZone(ReadingAt, berlin), prom.UnitMinute)), "2024-10-27T01:30:00Z"},
		"trunc second":     {show(prom.Trunc(ReadingAt, prom.UnitSecond)), "2024-10-27T01:30:15Z"},
		"trunc in UTC":     {show(prom.Trunc(ReadingAt, prom.UnitDay)), "2024-10-27T00:00:00Z"},
		"no midnight":      {show(prom.Trunc(in("2018-11-04T12:00:00Z", paulo), prom.UnitDay)), "2018-11-04T03:00:00Z"},
		"two midnights":    {show(prom.Trunc(in("2024-11-03T12:00:00Z", havana), prom.UnitDay)), "2024-11-03T05:00:00Z"},
		"no such day":      {show(prom.PlusDays(in("2011-12-29T20:00:00Z", apia), constant(1))), "2011-12-30T20:00:00Z"},
		"trunc twice":      {show(prom.Hour(prom.Trunc(prom.InZone(ReadingAt, berlin), prom.UnitDay))), "0"},
		"trunc null":       {show(prom.Trunc(ReadingDue, prom.UnitDay)), "NULL"},
		"trunc of a day":   {show(prom.Trunc(ReadingDay, prom.UnitWeek)), "2024-12-30T00:00:00Z"},
		"month of a day":   {show(prom.Trunc(ReadingDay, prom.UnitMonth)), "2024-12-01T00:00:00Z"},
		"quarter of a day": {show(prom.Trunc(ReadingDay, prom.UnitQuarter)), "2024-10-01T00:00:00Z"},

		"plus a day":       {show(prom.PlusDays(in("2024-03-30T12:00:00Z", berlin), constant(1))), "2024-03-31T11:00:00Z"},
		"plus a gone hour": {show(prom.PlusDays(in("2024-03-30T01:30:00Z", berlin), constant(1))), "2024-03-31T01:30:00Z"},
		"plus twice":       {show(prom.PlusDays(in("2024-10-26T00:30:00Z", berlin), ReadingN)), "2024-10-27T01:30:00Z"},
		"plus a month":     {show(prom.PlusMonths(in("2024-01-31T23:30:00Z", berlin), constant(1))), "2024-02-29T23:30:00Z"},
		"plus a duration": {show(prom.Hour(prom.PlusDuration(in("2024-03-31T00:30:00Z", berlin), constant(time.Hour)))),
			"3"},
		"days between": {show(prom.DaysBetween(in("2024-03-30T22:59:59Z", berlin), in("2024-03-30T23:00:00Z", berlin))),
			"1"},

		"local":           {show(prom.Hour(prom.InZone(ReadingAt, time.Local))), "validation"},
		"a day in a zone": {show(prom.InZone(ReadingDay, berlin)), "validation"},
		"hour of a day":   {show(prom.Trunc(ReadingDay, prom.UnitHour)), "validation"},
		"no unit":         {show(prom.Trunc(ReadingAt, prom.Unit(0))), "validation"},
		"unknown unit":    {show(prom.Trunc(ReadingAt, prom.Unit(99))), "validation"},
	}
	each(t, []Reading{row}, tests)
}
