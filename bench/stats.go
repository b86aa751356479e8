package main

import (
	"math"
	"slices"
)

// Ratio is how one entrant compares with another: the median and the quarters of the ratios within each round.
type Ratio struct{ Low, Mid, High float64 }

func ratioOf(l, base *Line) Ratio {
	ratios := make([]float64, min(len(l.Ns), len(base.Ns)))
	for i := range ratios {
		ratios[i] = l.Ns[i] / base.Ns[i]
	}
	return Ratio{quantile(ratios, 0.25), quantile(ratios, 0.5), quantile(ratios, 0.75)}
}

// summarize works the lines out of their rounds.
func (r *Result) summarize() {
	for _, l := range r.Lines {
		ratio := ratioOf(l, r.Base())
		l.Median, l.Ratio, l.Low, l.High = quantile(l.Ns, 0.5), ratio.Mid, ratio.Low, ratio.High
	}
	r.Tolerance = minTolerance
	if again := r.Line(againName); again != nil {
		r.Tolerance = max(minTolerance, math.Abs(again.Ratio-1), again.spread())
	}
}

// spread is how far the median of the ratios may be off by chance, as a part of it: 1.57 times the distance of the
// quarters over the root of their number is the usual bound, which holds in 95 of 100 cases.
func (r Ratio) spread(rounds int) float64 {
	if r.Mid == 0 || rounds == 0 {
		return 0
	}
	return 1.57 * (r.High - r.Low) / r.Mid / math.Sqrt(float64(rounds))
}

func (l *Line) spread() float64 { return Ratio{l.Low, l.Ratio, l.High}.spread(len(l.Ns)) }

// minTolerance is what two runs of the same code differ by at the least.
const minTolerance = 0.02

// quantile returns the value that a part q of the numbers lies below.
func quantile(numbers []float64, q float64) float64 {
	if len(numbers) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(numbers))
	at := q * float64(len(sorted)-1)
	low := int(at)
	if low+1 == len(sorted) {
		return sorted[low]
	}
	part := at - float64(low)
	return sorted[low]*(1-part) + sorted[low+1]*part
}
