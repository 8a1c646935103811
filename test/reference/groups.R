# What R makes of groups of seeds: intervals of a mean, shares with Wilson's interval, tails and quantiles.
#
#     Rscript groups.R > groups.json
#
# Exits with 3 where a library is absent.

if (!suppressPackageStartupMessages(require("jsonlite", quietly = TRUE))) {
  message("jsonlite")
  quit(status = 3)
}
set.seed(13)

summaries <- lapply(c(2, 3, 5, 10, 50, 1000), function(n) {
  values <- round(rnorm(n, 2, 0.3), 6)
  list(
    values = values, mean = unbox(mean(values)), sd = unbox(sd(values)), se = unbox(sd(values) / sqrt(n)),
    ci = as.numeric(t.test(values)$conf.int)
  )
})

shares <- list()
for (n in c(1, 2, 5, 10, 40, 1000)) {
  for (present in unique(c(0, 1, n %/% 3, n %/% 2, n - 1, n))) {
    test <- suppressWarnings(prop.test(present, n, correct = FALSE))
    shares[[length(shares) + 1]] <- list(
      present = unbox(present), n = unbox(n), interval = as.numeric(test$conf.int)
    )
  }
}

quantiles <- expand.grid(tail = c(0.05, 0.01, 0.2, 0.5, 1e-6), freedom = c(1, 2, 3, 4, 9, 29, 99, 999, 9999, 1e6))
quantiles$t <- qt(quantiles$tail / 2, quantiles$freedom, lower.tail = FALSE)
students <- expand.grid(t = c(1e-4, 0.3, 1, 2, 5, 40), freedom = c(1, 2, 2.5, 7, 31, 9998))
students$tail <- 2 * pt(students$t, students$freedom, lower.tail = FALSE)
squares <- expand.grid(x = c(1e-6, 0.1, 1, 3.84, 10, 60, 400, 1100), freedom = c(1, 2, 3, 7, 20, 1000))
squares$tail <- pchisq(squares$x, squares$freedom, lower.tail = FALSE)
normals <- data.frame(z = c(0, 0.01, 0.5, 1, 1.959963984540054, 4, 10, 30))
normals$tail <- 2 * pnorm(normals$z, lower.tail = FALSE)

result <- list(
  madeWith = list(R = unbox(as.character(getRversion()))), summaries = summaries, shares = shares,
  quantiles = quantiles, students = students, squares = squares, normals = normals
)
cat(toJSON(result, digits = I(17), na = "null"), "\n")
