# What R's survival, npsurv and coin make of onsets: Kaplan-Meier, Turnbull, log-rank.
#
#     Rscript survival.R > survival.json
#
# Exits with 3 where a library is absent.

for (library in c("survival", "npsurv", "coin", "jsonlite")) {
  if (!suppressPackageStartupMessages(require(library, character.only = TRUE, quietly = TRUE))) {
    message(library)
    quit(status = 3)
  }
}
set.seed(15)

# Onsets of n runs as (after, by], NA being an open end. Whole steps, so that ends touch and tie.
onsets <- function(n, grid) {
  rows <- lapply(seq_len(n), function(run) {
    time <- rweibull(1, 1.5, 100)
    steps <- grid()
    before <- steps[steps < time]
    from <- steps[steps >= time]
    c(if (length(before) > 0) max(before) else NA, if (length(from) > 0) min(from) else NA)
  })
  matrix(unlist(rows), ncol = 2, byrow = TRUE)
}
shared <- function() c(10, 20, 40, 60, 80, 100, 150, 200)
own <- function() sort(sample(1:220, sample(2:12, 1)))
once <- function() sample(20:200, 1)
early <- function() sort(sample(1:120, sample(1:5, 1)))

column <- function(values) ifelse(is.finite(values), as.numeric(values), NA)
listed <- function(onsets) list(after = column(onsets[, 1]), by = column(onsets[, 2]))

rightEnds <- function(onsets) {
  isEvent <- !is.na(onsets[, 2])
  Surv(ifelse(isEvent, onsets[, 2], onsets[, 1]), isEvent)
}

kaplanMeier <- function(onsets) {
  fit <- survfit(rightEnds(onsets) ~ 1, conf.type = "log-log")
  list(
    step = fit$time, atRisk = fit$n.risk, events = fit$n.event, censored = fit$n.censor,
    survival = fit$surv, low = column(fit$lower), high = column(fit$upper)
  )
}

turnbull <- function(onsets) {
  ends <- cbind(ifelse(is.na(onsets[, 1]), -Inf, onsets[, 1]), ifelse(is.na(onsets[, 2]), Inf, onsets[, 2]))
  exact <- npsurv(ends, maxit = 10000, tol = 1e-12)$f
  curve <- survfit(Surv(onsets[, 1], onsets[, 2], type = "interval2") ~ 1)
  # Where the curve is defined: at the right ends.
  by <- sort(unique(onsets[!is.na(onsets[, 2]), 2]))
  list(
    after = column(exact$left), by = column(exact$right), probability = exact$p,
    survfit = list(step = by, share = 1 - summary(curve, times = by, extend = TRUE)$surv)
  )
}

oneSample <- function(name, onsets) {
  list(name = unbox(name), onsets = listed(onsets), kaplanMeier = kaplanMeier(onsets), turnbull = turnbull(onsets))
}

# Observed minus expected by group, squared over its size and added up.
dealt <- function(time, group) {
  test <- survdiff(time ~ group)
  sum((test$obs - test$exp)^2 / test$n)
}

# All ways to deal out the labels.
deals <- function(labels) {
  if (length(unique(labels)) == 1) return(list(labels))
  first <- labels[1]
  places <- combn(length(labels), sum(labels == first), simplify = FALSE)
  rest <- labels[labels != first]
  unlist(lapply(places, function(place) {
    lapply(deals(rest), function(others) {
      deal <- labels
      deal[place] <- first
      deal[-place] <- others
      deal
    })
  }), recursive = FALSE)
}

logRank <- function(name, groups) {
  all <- do.call(rbind, groups)
  label <- rep(seq_along(groups), sapply(groups, nrow))
  time <- rightEnds(all)
  test <- survdiff(time ~ label)
  result <- list(
    name = unbox(name), groups = lapply(groups, listed), observed = test$obs, expected = test$exp, chiSquare = unbox(test$chisq),
    p = unbox(pchisq(test$chisq, length(groups) - 1, lower.tail = FALSE))
  )
  if (nrow(all) < 20) {
    was <- dealt(time, label)
    every <- sapply(deals(label), function(deal) dealt(time, deal))
    result$p <- unbox(mean(every >= was - 1e-9))
    result$permutations <- unbox(length(every))
    if (length(groups) == 2) {
      exact <- logrank_test(time ~ factor(label), distribution = "exact")
      result$coinP <- unbox(as.numeric(pvalue(exact)))
    }
  }
  result
}

later <- function(onsets, by) onsets + by

samples <- list(
  oneSample("five seeds on one grid", onsets(5, shared)),
  oneSample("thirty seeds on one grid", onsets(30, shared)),
  oneSample("eight seeds, each on its own grid", onsets(8, own)),
  oneSample("sixty seeds, each on its own grid", onsets(60, own)),
  oneSample("forty seeds, evaluated once", onsets(40, once)),
  oneSample("fifty seeds, many of them stopped early", onsets(50, early)),
  oneSample("two hundred seeds, each on its own grid", onsets(200, own)),
  oneSample("touching intervals", cbind(c(NA, 1, 1, 2, 2, 3, 1, NA, 3), c(1, 2, 2, 3, 3, 4, 3, 2, NA))),
  oneSample("three evaluated once", cbind(c(NA, 2, NA), c(3, NA, 5)))
)

tests <- list(
  logRank("two groups of four", list(onsets(4, shared), later(onsets(4, shared), 20))),
  logRank("two groups of five, many ties", list(onsets(5, early), onsets(5, early))),
  logRank("three groups of three", list(onsets(3, own), onsets(3, own), later(onsets(3, own), 40))),
  logRank("two groups of thirty", list(onsets(30, shared), onsets(30, own))),
  logRank("four groups", list(onsets(15, own), onsets(5, own), onsets(25, early), later(onsets(12, shared), 30))),
  logRank("two large groups", list(onsets(200, own), later(onsets(150, own), 5)))
)

madeWith <- list(R = unbox(as.character(getRversion())))
for (library in c("survival", "npsurv", "coin")) madeWith[[library]] <- unbox(as.character(packageVersion(library)))
cat(toJSON(list(madeWith = madeWith, samples = samples, tests = tests), digits = I(17), na = "null"), "\n")
