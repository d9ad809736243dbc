//! Reads a workload file, checks the answers, measures. The protocol is that of ../../README.md.
use serde_json::{json, Value};
use std::collections::HashMap;
use std::hint::black_box;
use std::time::Instant;

#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Answer {
    Allowed,
    ExplicitDeny,
    ImplicitDeny,
}

pub struct Options {
    pub file: String,
    pub form: String,
    pub budget_seconds: f64,
}

pub struct Request {
    pub principal: String,
    pub action: String,
    pub resource: String,
    pub context: HashMap<String, String>,
    pub expect: Answer,
}

/// A statement of the one shape that is translated: one action, one literal prefix, one
/// StringEquals.
pub struct Statement {
    pub deny: bool,
    pub action: String,
    pub prefix: String,
    pub key: String,
    pub value: String,
}

pub struct Workload {
    header: Value,
    pub requests: Vec<Request>,
}

pub struct Figures {
    wrong: usize,
    requests: usize,
    not_allowed: usize,
    passes: usize,
    mean_ns: f64,
    p50_ns: f64,
    p99_ns: f64,
}

pub fn give_up(why: &str) -> ! {
    eprintln!("cedar_peer: {why}");
    std::process::exit(2)
}

pub fn options() -> Options {
    let mut options = Options {
        file: String::new(),
        form: String::new(),
        budget_seconds: 5.0,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--form" => options.form = arguments.next().unwrap_or_default(),
            "--seconds" => {
                options.budget_seconds = arguments
                    .next()
                    .and_then(|s| s.parse().ok())
                    .unwrap_or(5.0)
            }
            _ => options.file = argument,
        }
    }
    if options.file.is_empty() {
        give_up("usage: cedar_peer [--form like|in] [--seconds S] WORKLOAD");
    }
    options
}

fn text(value: &Value, name: &str) -> String {
    match value[name].as_str() {
        Some(found) => found.to_owned(),
        None => give_up(&format!("no string `{name}` in {value}")),
    }
}

/// The only member of an object.
fn only_member(value: &Value) -> (&String, &Value) {
    match value.as_object() {
        Some(object) if object.len() == 1 => object.iter().next().expect("one"),
        _ => give_up(&format!("not one member: {value}")),
    }
}

impl Workload {
    pub fn read(file: &str) -> Workload {
        let bytes =
            std::fs::read_to_string(file).unwrap_or_else(|e| give_up(&format!("{file}: {e}")));
        let mut lines = bytes.lines().map(|line| {
            serde_json::from_str::<Value>(line).unwrap_or_else(|e| give_up(&format!("{file}: {e}")))
        });
        let header = lines.next().unwrap_or_else(|| give_up("an empty file"));
        let requests = lines
            .map(|line| Request {
                principal: text(&line, "principal"),
                action: text(&line, "action"),
                resource: text(&line, "resource"),
                context: line["context"]
                    .as_object()
                    .into_iter()
                    .flatten()
                    .map(|(key, value)| match value.as_str() {
                        Some(value) => (key.clone(), value.to_owned()),
                        None => give_up(&format!("a list in the context: {line}")),
                    })
                    .collect(),
                expect: match line["expect"].as_str() {
                    Some("allowed") => Answer::Allowed,
                    Some("explicitDeny") => Answer::ExplicitDeny,
                    Some("implicitDeny") => Answer::ImplicitDeny,
                    _ => give_up(&format!("nothing expected: {line}")),
                },
            })
            .collect();
        Workload { header, requests }
    }

    /// The statements of the only document. Gives up on whatever else a statement may say.
    pub fn prefix_statements(&self) -> Vec<Statement> {
        let policies = self.header["policies"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        if policies.len() != 1 || policies[0]["type"] != "identity" {
            give_up("not one identity policy");
        }
        let statements = policies[0]["document"]["Statement"].as_array();
        let translate = |from: &Value| {
            let members = from.as_object().map_or(0, |object| object.len());
            let resource = text(from, "Resource");
            let prefix = resource.strip_suffix('*').unwrap_or("*");
            let (operator, tested) = only_member(&from["Condition"]);
            let (key, value) = only_member(tested);
            let statement = Statement {
                deny: match from["Effect"].as_str() {
                    Some("Allow") => false,
                    Some("Deny") => true,
                    _ => give_up("neither Allow nor Deny"),
                },
                action: text(from, "Action"),
                prefix: prefix.to_owned(),
                key: key.clone(),
                value: value.as_str().unwrap_or("*").to_owned(),
            };
            let special = |text: &str| text.contains(['*', '?', '$']);
            if members != 4
                || operator != "StringEquals"
                || special(&statement.action)
                || special(&statement.prefix)
                || special(&statement.value)
            {
                give_up(&format!("not translated: {from}"));
            }
            statement
        };
        statements.into_iter().flatten().map(translate).collect()
    }

    /// The condition key that all statements test.
    pub fn only_key(&self, statements: &[Statement]) -> String {
        let key = statements
            .first()
            .map(|s| s.key.clone())
            .unwrap_or_default();
        if statements.iter().any(|s| s.key != key) {
            give_up("more than one condition key");
        }
        key
    }
}

/// Fisher and Yates, with a small generator: the order only has to be mixed.
fn shuffle(order: &mut [usize], state: &mut u64) {
    for i in (1..order.len()).rev() {
        *state = state
            .wrapping_mul(6364136223846793005)
            .wrapping_add(1442695040888963407);
        order.swap(i, ((*state >> 33) % (i as u64 + 1)) as usize);
    }
}

fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(|a, b| a.total_cmp(b));
    let rank = (share * values.len() as f64).ceil() as usize;
    values[rank.clamp(1, values.len()) - 1]
}

/// Warms up, and tells what a decision takes, in seconds.
fn estimate(count: usize, seconds: f64, decide: &impl Fn(usize) -> Answer) -> f64 {
    let share = seconds * 0.05;
    let mut start = Instant::now();
    let mut calls = 0;
    while start.elapsed().as_secs_f64() < share || calls < 64 {
        black_box(decide(calls % count));
        calls += 1;
    }
    start = Instant::now();
    calls = 0;
    while start.elapsed().as_secs_f64() < share || calls < 16 {
        black_box(decide(calls * 61 % count));
        calls += 1;
    }
    start.elapsed().as_secs_f64() / calls as f64
}

pub fn run(work: &Workload, options: &Options, decide: impl Fn(usize) -> Answer) -> Figures {
    let count = work.requests.len();
    let affordable = options.budget_seconds / estimate(count, options.budget_seconds, &decide);
    let chosen = count.min(((affordable / 20.0) as usize).max(128));
    let passes = ((affordable / chosen as f64 * 0.75) as usize).clamp(3, 15);

    let wrong = (0..chosen)
        .filter(|&i| decide(i) != work.requests[i].expect)
        .count();
    let not_allowed = (0..chosen)
        .filter(|&i| work.requests[i].expect != Answer::Allowed)
        .count();
    let mut figures = Figures {
        wrong,
        requests: chosen,
        not_allowed,
        passes,
        mean_ns: 0.0,
        p50_ns: 0.0,
        p99_ns: 0.0,
    };
    if wrong != 0 {
        return figures;
    }

    let mut timer = f64::INFINITY;
    for i in 0..100_000 {
        let start = Instant::now();
        black_box(i);
        timer = timer.min(start.elapsed().as_nanos() as f64);
    }
    let mut order: Vec<usize> = (0..chosen).collect();
    let mut state = chosen as u64;
    let mut means: Vec<f64> = (0..(passes / 3))
        .map(|_| {
            shuffle(&mut order, &mut state);
            let start = Instant::now();
            for &i in &order {
                black_box(decide(i));
            }
            start.elapsed().as_nanos() as f64 / chosen as f64
        })
        .collect();
    figures.mean_ns = percentile(&mut means, 0.5);
    let mut least = vec![f64::INFINITY; chosen];
    for _ in 0..passes {
        shuffle(&mut order, &mut state);
        for &i in &order {
            let start = Instant::now();
            black_box(decide(i));
            least[i] = least[i].min((start.elapsed().as_nanos() as f64 - timer).max(0.0));
        }
    }
    figures.p50_ns = percentile(&mut least, 0.5);
    figures.p99_ns = percentile(&mut least, 0.99);
    figures
}

/// Prints the line; without times when an answer was wrong.
pub fn print(line: &mut Value, work: &Workload, figures: Figures) {
    line["family"] = work.header["family"].clone();
    line["variant"] = work.header["variant"].clone();
    line["statements"] = work.header["statements"].clone();
    line["requests"] = json!(figures.requests);
    line["not_allowed"] = json!(figures.not_allowed);
    line["wrong"] = json!(figures.wrong);
    if figures.wrong == 0 {
        line["passes"] = json!(figures.passes);
        line["mean_ns"] = json!(figures.mean_ns);
        line["p50_ns"] = json!(figures.p50_ns);
        line["p99_ns"] = json!(figures.p99_ns);
    }
    println!("{line}");
    if figures.wrong != 0 {
        std::process::exit(1);
    }
}
