package histories

import "github.com/prom-go/prom"

func useLists(db *prom.DB, j *job) answer { return answer{} }
