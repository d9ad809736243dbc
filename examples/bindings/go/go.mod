module example.org/writ

go 1.19
