//! Decides the requests of a workload file with Cedar and prints one line of figures.
//! See ../../README.md for the translation and for the protocol.
use cedar_policy::{
    get_sdk_version, Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet,
    Request, RestrictedExpression,
};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;

mod harness;
use harness::{Answer, Statement, Workload};

/// How a statement's `Resource` is said in Cedar.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// `context.resource like "prefix*"`: the pattern as it stands.
    Like,
    /// `resource in Folder::"prefix"`: the caller names the folders that hold the object.
    In,
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn policy_text(statement: &Statement, form: Form) -> String {
    let effect = if statement.deny { "forbid" } else { "permit" };
    let action = quoted(&statement.action);
    let condition = format!("context.tag == {}", quoted(&statement.value));
    match form {
        Form::Like => format!(
            "{effect}(principal, action == Action::{action}, resource)\n  \
             when {{ {condition} && context.resource like {} }};\n",
            quoted(&format!("{}*", statement.prefix))
        ),
        Form::In => format!(
            "{effect}(principal, action == Action::{action}, resource in Folder::{})\n  \
             when {{ {condition} }};\n",
            quoted(&statement.prefix)
        ),
    }
}

fn uid(kind: &str, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(
        kind.parse().expect("a type name"),
        cedar_policy::EntityId::new(id),
    )
}

/// The object within its folders: every beginning of its ARN that ends with a slash.
fn object_in_folders(arn: &str) -> Entities {
    let folders: HashSet<EntityUid> = arn
        .match_indices('/')
        .map(|(at, _)| uid("Folder", &arn[..=at]))
        .collect();
    let mut all: Vec<Entity> = folders
        .iter()
        .map(|folder| Entity::new_no_attrs(folder.clone(), HashSet::new()))
        .collect();
    all.push(Entity::new_no_attrs(uid("Object", arn), folders));
    Entities::from_entities(all, None).expect("entities")
}

fn main() {
    let options = harness::options();
    let work = Workload::read(&options.file);
    let (form, name) = match options.form.as_str() {
        "" | "like" => (Form::Like, "like"),
        "in" => (Form::In, "in"),
        other => harness::give_up(&format!("no such form: {other}")),
    };
    let statements = work.prefix_statements();
    let key = work.only_key(&statements);
    if form == Form::In && statements.iter().any(|s| !s.prefix.ends_with('/')) {
        harness::give_up("a prefix is no folder");
    }
    let text: String = statements.iter().map(|s| policy_text(s, form)).collect();
    let policies = PolicySet::from_str(&text).expect("policies");

    let none = Entities::empty();
    let mut folders: HashMap<usize, Entities> = HashMap::new();
    let mut requests = Vec::with_capacity(work.requests.len());
    for (i, request) in work.requests.iter().enumerate() {
        let mut context = vec![];
        if let Some(value) = request.context.get(&key) {
            let value = RestrictedExpression::new_string(value.clone());
            context.push(("tag".to_owned(), value));
        }
        if form == Form::Like {
            let arn = RestrictedExpression::new_string(request.resource.clone());
            context.push(("resource".to_owned(), arn));
        } else {
            folders.insert(i, object_in_folders(&request.resource));
        }
        requests.push(
            Request::new(
                uid("User", &request.principal),
                uid("Action", &request.action),
                uid("Object", &request.resource),
                Context::from_pairs(context).expect("a context"),
                None,
            )
            .expect("a request"),
        );
    }
    let entities: Vec<&Entities> = (0..requests.len())
        .map(|i| folders.get(&i).unwrap_or(&none))
        .collect();

    let authorizer = Authorizer::new();
    let figures = harness::run(&work, &options, |i| {
        let response = authorizer.is_authorized(&requests[i], &policies, entities[i]);
        match response.decision() {
            Decision::Allow => Answer::Allowed,
            // A denial names the policies that forbid.
            Decision::Deny if response.diagnostics().reason().next().is_some() => {
                Answer::ExplicitDeny
            }
            Decision::Deny => Answer::ImplicitDeny,
        }
    });
    let mut line = json!({
        "peer": "Cedar", "form": name, "version": get_sdk_version().to_string(),
    });
    harness::print(&mut line, &work, figures);
}
