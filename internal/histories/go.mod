module github.com/prom-go/prom/internal/histories

go 1.26.0

require github.com/matryer/is v1.4.1

replace github.com/prom-go/prom => ../../
