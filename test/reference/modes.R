# What R's diptest and mclust make of groups of values: Hartigan's dip, and two Gaussians of equal variance against one.
#
#     Rscript modes.R > modes.json
#
# Exits with 3 where a library is absent.

for (library in c("diptest", "mclust", "jsonlite")) {
  if (!suppressPackageStartupMessages(require(library, character.only = TRUE, quietly = TRUE))) {
    message(library)
    quit(status = 3)
  }
}
set.seed(1985)

two <- function(n, gap) c(rnorm(n %/% 2), rnorm(n - n %/% 2, gap))
samples <- list(
  normal = rnorm(12),
  "normal, larger" = rnorm(200),
  uniform = runif(25),
  exponential = rexp(40),
  "two modes" = two(10, 5),
  "two modes, larger" = two(90, 3),
  "two modes that touch" = two(60, 2),
  "one in ten apart" = c(rnorm(18), rnorm(2, 8)),
  "accuracies of five seeds that grok and seven that do not" = c(rnorm(5, 0.997, 0.001), rnorm(7, 0.02, 0.01)),
  "tied values" = round(rnorm(30) * 2),
  "tied values in two modes" = round(two(40, 4)),
  "three modes" = c(rnorm(15), rnorm(15, 6), rnorm(15, 12)),
  "a thousand in two modes" = two(1000, 3.5)
)
samples <- lapply(samples, round, 6)

deltaBic <- function(values) {
  fit <- function(components) {
    # Started from each split of the sorted values; mclust's own start is but one.
    values <- sort(values)
    splits <- if (components == 1) 0 else unique(round(seq(1, length(values) - 1, length.out = 12)))
    max(sapply(splits, function(split) {
      z <- if (split == 0) matrix(1, length(values), 1) else unmap(rep(1:2, c(split, length(values) - split)))
      me <- me(values, modelName = "E", z = z, control = emControl(tol = 1e-14, itmax = 1e5))
      if (is.na(me$loglik)) -Inf else bic("E", me$loglik, length(values), 1, components)
    }))
  }
  # mclust's BIC has the other sign.
  fit(2) - fit(1)
}

oneSample <- function(name) {
  values <- samples[[name]]
  list(name = unbox(name), values = values, dip = unbox(dip(values)), deltaBic = unbox(deltaBic(values)))
}

# diptest's own table, simulated by a million uniform samples of each size.
data(qDiptab)
shares <- as.numeric(dimnames(qDiptab)$Pr)
used <- which(shares > 0 & shares <= 0.9995)
sizes <- c(10, 15, 20, 30, 50, 100, 200, 1000, 10000)
table <- lapply(sizes, function(n) list(n = unbox(n), dip = as.numeric(qDiptab[as.character(n), used])))

# And between the sizes of either table.
simulated <- lapply(c(12, 23, 45, 130), function(n) {
  dips <- replicate(50000, dip(runif(n)))
  at <- as.numeric(quantile(dips, c(0.8, 0.95, 0.99)))
  list(n = unbox(n), dip = at, p = sapply(at, function(value) mean(dips >= value)))
})

madeWith <- list(R = unbox(as.character(getRversion())))
for (library in c("diptest", "mclust")) madeWith[[library]] <- unbox(as.character(packageVersion(library)))
result <- list(
  madeWith = madeWith, samples = lapply(names(samples), oneSample),
  table = list(tails = 1 - shares[used], rows = table), simulated = simulated
)
cat(toJSON(result, digits = I(17), na = "null"), "\n")
