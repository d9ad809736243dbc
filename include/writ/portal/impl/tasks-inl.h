// Not API, may change in any release. Tasks (R-TASK).
#pragma once

#include "writ/portal/impl/call.h"

namespace writ::inline v0 {
namespace portal {
namespace detail {

[[nodiscard]] inline const Task* find_task(const PartnerCompany& company, std::string_view id) {
  const auto found = std::ranges::find(company.tasks, id, &Task::id);
  return found == company.tasks.end() ? nullptr : &*found;
}

[[nodiscard]] inline PermissionTarget task_target(const Task* task) {
  PermissionTarget target;
  target.kind = "task";
  target.id = task == nullptr ? "unknown" : std::string_view(task->id);
  if (task != nullptr) target.assignee = task->assignee;
  return target;
}

[[nodiscard]] inline Item task_item(const Task& task) {
  Item item;
  item.values = {{"id", task.id},
                 {"type", task.type},
                 {"name", task.name},
                 {"kind", task.is_form ? "form" : "link"},
                 {"assignee", task.assignee},
                 {"status", std::string(to_string(task.status))},
                 {"reason", task.reason}};
  return item;
}

}  // namespace detail

WRIT_FUNC Answer Portal::view_task(Session session, std::string_view id) const {
  detail::Gate gate(*this, session, options_.explain_refusals);
  if (!gate.open()) return std::move(gate.answer);
  const Task* const task = detail::find_task(gate.company(), id);
  if (!gate.may("portal:ViewTask", detail::task_target(task))) return std::move(gate.answer);
  if (task == nullptr) return gate.refuse(Code::NotFound, "there is no such task");
  gate.answer.result = detail::task_item(*task);
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::list_tasks(Session session) const {
  detail::Gate gate(*this, session, false);
  if (!gate.open()) return std::move(gate.answer);
  for (const Task& task : gate.company().tasks) {
    Answer row;
    if (gate.may("portal:ViewTask", detail::task_target(&task), row)) {
      gate.answer.items.push_back(detail::task_item(task));
    }
  }
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::count_tasks(Session session) const {
  detail::Gate gate(*this, session, false);
  if (!gate.open()) return std::move(gate.answer);
  std::uint32_t counts[3] = {};
  constexpr std::string_view kTypes[] = {"account", "solution", "program"};
  for (const Task& task : gate.company().tasks) {
    Answer row;
    if (task.assignee != gate.user().id || task.status == TaskStatus::Done ||
        !gate.may("portal:ViewTask", detail::task_target(&task), row)) {
      continue;
    }
    for (std::size_t i = 0; i < 3; ++i) {
      if (task.type == kTypes[i]) ++counts[i];
    }
  }
  for (std::size_t i = 0; i < 3; ++i) {
    gate.answer.result.values.emplace_back(kTypes[i], std::to_string(counts[i]));
  }
  return std::move(gate.answer);
}

WRIT_FUNC Answer Portal::submit_task(Session session, std::string_view id) {
  detail::Call call(*this, "SubmitTask", session);
  call.parameter("task", id);
  if (!call.open()) return call.refused();
  Task* const task = const_cast<Task*>(detail::find_task(call.company(), id));
  if (!call.may("portal:CompleteTask", detail::task_target(task))) return call.refused();
  if (task == nullptr) return call.refuse(Code::NotFound, "there is no such task");
  if (!task->is_form) return call.refuse(Code::InvalidInput, "a link task has no form");
  if (task->status != TaskStatus::Open) {
    return call.refuse(Code::InvalidInput, "the form has been submitted");
  }
  task->status = TaskStatus::Submitted;
  return call.done();
}

WRIT_FUNC Answer Portal::complete_task(Session session, std::string_view id) {
  detail::Call call(*this, "CompleteTask", session);
  call.parameter("task", id);
  if (!call.open()) return call.refused();
  Task* const task = const_cast<Task*>(detail::find_task(call.company(), id));
  if (!call.may("portal:CompleteTask", detail::task_target(task))) return call.refused();
  if (task == nullptr) return call.refuse(Code::NotFound, "there is no such task");
  if (task->status == TaskStatus::Done) {
    return call.refuse(Code::InvalidInput, "the task is done");  // R-TASK-5
  }
  if (task->is_form && task->status != TaskStatus::Submitted) {
    return call.refuse(Code::InvalidInput, "submit the form first");  // R-TASK-4
  }
  task->status = TaskStatus::Done;
  return call.done();
}

WRIT_FUNC Answer Portal::dismiss_task(Session session, std::string_view id,
                                      std::string_view reason) {
  detail::Call call(*this, "DismissTask", session);
  call.parameter("task", id).parameter("reason", reason);
  if (!call.open()) return call.refused();
  Task* const task = const_cast<Task*>(detail::find_task(call.company(), id));
  if (!call.may("portal:DismissTask", detail::task_target(task))) return call.refused();
  if (reason.empty()) return call.refuse(Code::InvalidInput, "a reason is missing");
  if (task == nullptr) return call.refuse(Code::NotFound, "there is no such task");
  if (task->status == TaskStatus::Done) {
    return call.refuse(Code::InvalidInput, "the task is done");
  }
  task->assignee = lead_of(call.company()).id;  // R-TASK-7
  task->status = TaskStatus::Open;
  task->reason = reason;
  return call.done();
}

WRIT_FUNC Answer Portal::assign_task(Session session, std::string_view id, std::string_view to) {
  detail::Call call(*this, "AssignTask", session);
  call.parameter("task", id).parameter("to", to);
  if (!call.open()) return call.refused();
  PartnerCompany& company = call.company();
  Task* const task = const_cast<Task*>(detail::find_task(company, id));
  if (!call.may("portal:AssignTask", detail::task_target(task))) return call.refused();
  if (task == nullptr) return call.refuse(Code::NotFound, "there is no such task");
  if (task->status == TaskStatus::Done) {
    return call.refuse(Code::InvalidInput, "the task is done");
  }
  // R-TASK-8: by name too, when one active user has it.
  std::uint32_t next = find_in_company(company, to);
  if (next == detail::kNoIndex) {
    std::uint32_t matches = 0;
    for (const std::uint32_t index : company.users) {
      if (users_[index].name != to || users_[index].status != UserStatus::Active) continue;
      next = index;
      ++matches;
    }
    if (matches > 1) {
      return call.refuse(Code::InvalidInput, "several users have this name; give an email");
    }
  }
  if (next == detail::kNoIndex) {
    return call.refuse(Code::NotFound, "the account has no such user");
  }
  if (users_[next].status != UserStatus::Active) {
    return call.refuse(Code::NotEligible, "the user is not active");
  }
  task->assignee = users_[next].id;
  return call.done();
}

}  // namespace portal
}  // namespace writ::inline v0
