package promcli

import (
	"time"

	"github.com/schollz/progressbar/v3"
)

// bar shows how far a command is: on a terminal alone, and not with --json. One that is nil shows nothing.
type bar struct {
	e     *env
	shown *progressbar.ProgressBar
	title string
}

// newBar returns a bar, nil when there is nobody to see it.
func (e *env) newBar() *bar {
	if e.flags.JSON || !terminal(e.err) {
		return nil
	}
	return &bar{e: e}
}

// set shows that n of about so many have been done of what the title names; of is 0 when nobody knows how many.
func (b *bar) set(title, unit string, n, of int64) {
	if b == nil {
		return
	}
	if b.shown == nil || title != b.title {
		b.end()
		if of <= 0 {
			of = -1
		}
		b.title = title
		b.shown = progressbar.NewOptions64(of, progressbar.OptionSetWriter(b.e.err), progressbar.OptionSetDescription(title),
			progressbar.OptionShowIts(), progressbar.OptionSetItsString(unit), progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(true), progressbar.OptionSetWidth(24),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionClearOnFinish())
	}
	if most := b.shown.GetMax64(); most > 0 && n > most { // it was an estimate
		b.shown.ChangeMax64(n)
	}
	_ = b.shown.Set64(n)
}

// end takes the bar away.
func (b *bar) end() {
	if b != nil && b.shown != nil {
		_ = b.shown.Clear()
		b.shown = nil
	}
}
