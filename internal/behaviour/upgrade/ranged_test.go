package upgrade_test

import (
	"time"

	"github.com/prom-go/prom"
)

// Ranged has ranges of each type, with NULL and without.
type Ranged struct {
	Name    string `prom:"key"`
	Short   prom.Range[int32]
	Whole   prom.Range[int]
	Long    prom.Range[int64]
	Number  prom.Range[string]
	Time    prom.Range[time.Time]
	Day     prom.Range[time.Time] `prom:"date"`
	NShort  *prom.Range[int32]
	NWhole  *prom.Range[int]
	NLong   *prom.Range[int64]
	NNumber *prom.Range[string]
	NTime   *prom.Range[time.Time]
	NDay    *prom.Range[time.Time] `prom:"date"`
}

func rangedRows() []Ranged {
	full := Ranged{Name: "full", Short: prom.NewRange[int32](-5, 7), Whole: prom.RangeFrom(1 << 40),
		Long: prom.RangeUntil[int64](-1), Number: prom.NewRange("-0.5", "1.5"), Time: prom.NewRange(second(1), second(9)),
		Day: prom.NewRange(day(1), day(3))}
	full.NShort, full.NWhole, full.NLong, full.NNumber = &full.Short, &full.Whole, &full.Long, &full.Number
	full.NTime, full.NDay = &full.Time, &full.Day
	open := Ranged{Name: "unbounded", Short: prom.UnboundedRange[int32](), Whole: prom.UnboundedRange[int](),
		Number: prom.ClosedRange("1", "1"), Time: prom.RangeFrom(second(2)), Day: prom.RangeUntil(day(2))}
	return []Ranged{full, open}
}
